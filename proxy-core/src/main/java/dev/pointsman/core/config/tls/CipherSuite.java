package dev.pointsman.core.config.tls;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The cipher suites that a port may be told to offer, the best first. All have forward secrecy;
/// those that sign with a block cipher's older mode are for clients that know nothing else.
public enum CipherSuite {
    TLS_AES_256_GCM_SHA384("TLS_AES_256_GCM_SHA384", true),
    TLS_AES_128_GCM_SHA256("TLS_AES_128_GCM_SHA256", true),
    TLS_CHACHA20_POLY1305_SHA256("TLS_CHACHA20_POLY1305_SHA256", true),
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384("ECDHE-ECDSA-AES256-GCM-SHA384", true),
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256("ECDHE-ECDSA-AES128-GCM-SHA256", true),
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256("ECDHE-ECDSA-CHACHA20-POLY1305", true),
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384("ECDHE-RSA-AES256-GCM-SHA384", true),
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256("ECDHE-RSA-AES128-GCM-SHA256", true),
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256("ECDHE-RSA-CHACHA20-POLY1305", true),
    TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA("ECDHE-ECDSA-AES256-SHA", false),
    TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA("ECDHE-ECDSA-AES128-SHA", false),
    TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA("ECDHE-RSA-AES256-SHA", false),
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA("ECDHE-RSA-AES128-SHA", false);

    /// Those offered where nothing else is said.
    public static final List<CipherSuite> DEFAULT =
            Arrays.stream(values()).filter(suite -> suite.modern).toList();

    private final String openssl;
    private final boolean modern;

    CipherSuite(String openssl, boolean modern) {
        this.openssl = openssl;
        this.modern = modern;
    }

    /// As OpenSSL and PgBouncer spell it.
    public String openssl() {
        return openssl;
    }

    /// The suite of that name, in either spelling.
    public static Optional<CipherSuite> named(String name) {
        return Arrays.stream(values())
                .filter(suite -> suite.openssl.equals(name) || suite.name().equals(name))
                .findFirst();
    }
}
