package dev.pointsman.core.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;

import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// What encrypts: BoringSSL where its library can be loaded, else the Java runtime's own engine.
/// The system property `pointsman.tls.engine`, `jdk` or `openssl`, decides otherwise. Any thread.
public final class TlsEngine {
    private static final String PROPERTY = "pointsman.tls.engine";
    private static final SslProvider PROVIDER = choose(System.getProperty(PROPERTY, ""));
    private static final Executor HANDSHAKES = handshakes();

    private TlsEngine() {}

    public static SslProvider provider() {
        return PROVIDER;
    }

    /// For the log.
    public static String name() {
        return switch (PROVIDER) {
            case JDK -> "jdk " + Runtime.version().feature();
            case OPENSSL, OPENSSL_REFCNT -> OpenSsl.versionString().toLowerCase(Locale.ROOT);
        };
    }

    /// Where the arithmetic of handshakes is done, so that a burst of logins does not keep the
    /// event loops from their traffic. BoringSSL does most of it where it is called, on the loops.
    public static Executor handshakeExecutor() {
        return HANDSHAKES;
    }

    private static SslProvider choose(String wish) {
        return switch (wish) {
            case "jdk" -> SslProvider.JDK;
            case "openssl" -> {
                OpenSsl.ensureAvailability();
                yield SslProvider.OPENSSL;
            }
            default -> OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
        };
    }

    /// As many threads as there are processors: what waits for one is a login, never traffic.
    private static Executor handshakes() {
        int threads = Runtime.getRuntime().availableProcessors();
        var pool =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        10,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        new DefaultThreadFactory("tls-handshake", true));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
