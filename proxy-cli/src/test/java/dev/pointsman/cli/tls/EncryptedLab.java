package dev.pointsman.cli.tls;

import dev.pointsman.admin.AdminPort;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.load.LeastRights;
import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.Reloading;
import dev.pointsman.core.config.file.ConfigText;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;

/// A proxy and its admin port that take encrypted connections only, in front of two servers that
/// let nobody in without TLS but the superuser of the test. Its certificates are copies in the
/// folder, so that a test can change them.
final class EncryptedLab implements AutoCloseable {
    private final Path folder;
    private final String database;
    private final Proxy proxy;
    private final Reloading reloading;
    private final AdminPort admin;

    private EncryptedLab(Path folder, String database, Proxy proxy, Reloading reloading)
            throws Exception {
        this.folder = folder;
        this.database = database;
        this.proxy = proxy;
        this.reloading = reloading;
        admin = AdminPort.start(proxy, proxy.cutovers(), reloading, _ -> {});
    }

    /// The rules of the servers.
    static EmbeddedSettings hostssl(int major) {
        return new EmbeddedSettings(
                major,
                EmbeddedSettings.of(major).parameters(),
                List.of(
                        "host all postgres 127.0.0.1/32 trust",
                        "hostssl all all 127.0.0.1/32 scram-sha-256"));
    }

    /// Lays roles and tables, and starts. `mode` is the pool's; `more` are whole lines of the file.
    static EncryptedLab start(
            RealServers servers, Papers papers, Path folder, String mode, String... more)
            throws Exception {
        LeastRights.lay(servers);
        for (var name : List.of("ca.pem", "carded.pem", "carded.key", "server.pem", "server.key")) {
            Files.copy(papers.file(name), folder.resolve(name));
        }
        var file = folder.resolve("pointsman.yaml");
        Files.writeString(file, text(servers, papers, mode) + String.join("\n", more));
        var read = ConfigText.of(file);
        var proxy = Proxy.start(read.read(), "test");
        var reloading = new Reloading(proxy, file, read, _ -> {});
        return new EncryptedLab(folder, servers.database(), proxy, reloading);
    }

    private static String text(RealServers servers, Papers papers, String mode) {
        return """
        listen: {host: 127.0.0.1, port: 0,
                 tls: {mode: require, cert: server.pem, key: server.key}}
        admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"},
                tls: {mode: require, cert: server.pem, key: server.key}}
        users: {%1$s: {password: secret}}
        databases:
          %2$s:
            pool: {mode: %3$s, size: 20}
            serve: blue
            control: {user: %4$s, password: %5$s, maintenance_db: postgres}
            servers:
              blue: {host: 127.0.0.1, port: %6$d, sslmode: verify-full, sslrootcert: ca.pem,
                     sslcert: carded.pem, sslkey: carded.key, channel_binding: require,
                     peer: {sslmode: verify-full, sslrootcert: %8$s, channel_binding: require}}
              green: {host: 127.0.0.1, port: %7$d, sslmode: verify-full, sslrootcert: ca.pem,
                      channel_binding: require, sslnegotiation: direct,
                      peer: {sslmode: verify-full, sslrootcert: %8$s, channel_binding: require}}
            cutover: {drain_timeout: 4s, hold_limit: 30s}
        """
                .formatted(
                        CrossingLab.USER,
                        servers.database(),
                        mode,
                        LeastRights.CONTROL,
                        LeastRights.PASSWORD,
                        servers.source().port(),
                        servers.target().port(),
                        papers.file("ca.pem"));
    }

    Proxy proxy() {
        return proxy;
    }

    Reloading reloading() {
        return reloading;
    }

    /// Changes the file; a reload takes it.
    void rewrite(String old, String text) throws IOException {
        var file = folder.resolve("pointsman.yaml");
        Files.writeString(file, Files.readString(file).replace(old, text));
    }

    int adminPort() {
        return admin.port();
    }

    /// A client that verifies the port's certificate.
    ///
    /// @param negotiation `postgres`, or `direct` to begin with TLS at once
    Connection connect(String negotiation) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", CrossingLab.USER);
        properties.setProperty("password", "secret");
        properties.setProperty("prepareThreshold", "0");
        properties.setProperty("loginTimeout", "60");
        properties.setProperty("sslmode", "verify-full");
        properties.setProperty("sslrootcert", folder.resolve("ca.pem").toString());
        properties.setProperty("sslNegotiation", negotiation);
        properties.setProperty("channelBinding", "require");
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database, properties);
    }

    /// The words of libpq for an operator at this port, the admin's own or the clients'.
    String operator(int port, String more) {
        return "host=127.0.0.1 port=%d dbname=pointsman user=operator password=secret sslrootcert=%s %s"
                .formatted(port, folder.resolve("ca.pem"), more);
    }

    /// The words of libpq for a client of the proxy.
    String conninfo(String more) {
        return "host=127.0.0.1 port=%d dbname=%s user=%s password=secret sslrootcert=%s %s"
                .formatted(
                        proxy.port(), database, CrossingLab.USER, folder.resolve("ca.pem"), more);
    }

    @Override
    public void close() {
        admin.close();
        proxy.close();
    }
}
