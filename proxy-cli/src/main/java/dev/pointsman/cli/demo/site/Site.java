package dev.pointsman.cli.demo.site;

import dev.pointsman.cli.admin.AdminAddress;
import dev.pointsman.cli.admin.AdminTls;
import dev.pointsman.cli.demo.EmbeddedServer;
import dev.pointsman.cli.demo.Folders;
import dev.pointsman.cli.demo.LoopbackPort;
import dev.pointsman.cli.demo.ServerTrouble;
import dev.pointsman.cli.load.Address;
import dev.pointsman.cli.load.Address.Statements;
import dev.pointsman.cli.load.LoadTables;

import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// A pair of servers with the proxy in front of them. [#close] leaves no process and no folder
/// behind, and runs when the JVM ends, too.
public final class Site implements AutoCloseable {
    private static final String PREFIX = "pointsman-site-";
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final Pair pair;
    private final Path folder;
    private final AotCache cache;
    private final Passwords passwords;
    private final ProxyFile file;
    private final ServeChild proxy;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Site(Pair pair, Plan plan, Passwords passwords, ProxyFile file) throws IOException {
        this.pair = pair;
        this.folder = Files.createTempDirectory(PREFIX);
        this.cache = plan.cache();
        this.passwords = passwords;
        this.file = file;
        var configuration = folder.resolve("pointsman.yaml");
        Files.writeString(configuration, file.text(pair, passwords));
        this.proxy = ServeChild.start(configuration, folder.resolve("serve.log"), cache.flags());
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "site-close"));
    }

    /// What a site is made with: databases with the same tables in each, and the proxy's pools.
    ///
    /// @param mode `session` or `transaction`
    /// @param cache what the proxy is to learn for later ones
    public record Plan(
            List<String> databases, LoadTables tables, String mode, int size, AotCache cache) {
        public Plan {
            databases = List.copyOf(databases);
        }
    }

    /// Starts the servers and the proxy, and returns when clients can log in.
    public static Site start(Plan plan) throws SQLException, InterruptedException {
        var passwords = Passwords.random();
        var pair = Pair.start(passwords);
        try {
            for (var database : plan.databases()) {
                pair.addDatabase(database, plan.tables());
            }
            var file =
                    new ProxyFile(
                            LoopbackPort.free(),
                            LoopbackPort.free(),
                            plan.databases(),
                            plan.mode(),
                            plan.size());
            var site = new Site(pair, plan, passwords, file);
            site.awaitReady();
            return site;
        } catch (IOException e) {
            pair.close();
            throw ServerTrouble.files(e);
        } catch (SQLException | RuntimeException | InterruptedException e) {
            pair.close();
            throw e;
        }
    }

    private void awaitReady() throws InterruptedException {
        var deadline = System.nanoTime() + READY_MAX.toNanos();
        while (true) {
            try (var _ = clients(file.databases().getFirst()).connect(Statements.UNNAMED)) {
                return;
            } catch (SQLException e) {
                try {
                    proxy.mustLive();
                    if (System.nanoTime() - deadline > 0) {
                        throw proxy.failure("no client can log in: " + e.getMessage());
                    }
                } catch (RuntimeException failure) {
                    close();
                    throw failure;
                }
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            if (Thread.interrupted()) {
                close();
                throw new InterruptedException();
            }
        }
    }

    public Pair pair() {
        return pair;
    }

    /// Where the application finds `database` behind the proxy.
    public Address clients(String database) {
        return pair.application(file.clientPort(), database);
    }

    /// Where the operator finds the proxy.
    public AdminAddress admin() {
        return new AdminAddress(
                EmbeddedServer.HOST,
                file.adminPort(),
                ProxyFile.OPERATOR,
                "pointsman",
                passwords.operator(),
                AdminTls.NONE);
    }

    /// The proxy's configuration, for whoever looks in while it runs.
    public Path configuration() {
        return folder.resolve("pointsman.yaml");
    }

    /// Looks whether the proxy still runs.
    ///
    /// @throws dev.pointsman.cli.CommandFailure when it has ended, with the end of its log
    public void mustLive() {
        proxy.mustLive();
    }

    /// Ends the proxy and keeps what its JVM has learned. Only [#close] may follow.
    ///
    /// @return the size of what is kept, in bytes; 0 when the JVM could not write it
    public long learn() throws IOException {
        proxy.stop();
        return cache.keep();
    }

    /// Whether this is coming to its end, and errors mean nothing any more.
    public boolean isClosed() {
        return closed.get();
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        proxy.close();
        pair.close();
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            LoggerFactory.getLogger(Site.class)
                    .atWarn()
                    .addKeyValue("folder", folder)
                    .addKeyValue("cause", e)
                    .log("files are left behind");
        }
    }
}
