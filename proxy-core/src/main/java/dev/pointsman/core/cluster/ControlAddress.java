package dev.pointsman.core.cluster;

import dev.pointsman.core.cluster.backend.OnServer;
import dev.pointsman.core.cluster.local.LocalSockets;
import dev.pointsman.core.config.LocalAddress;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.tls.TlsToServer;
import dev.pointsman.core.tls.Way;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;

/// Where and as whom control connections go. The password is in the properties alone, never in the
/// address, so that no message of the driver can show it.
///
/// @param identifier the system identifier of the cluster that a first connection has met, where
///   the server has several addresses: all must lead there; zero before
record ControlAddress(
        Server server,
        TlsToServer tls,
        String dbname,
        String applicationName,
        AtomicLong identifier) {
    /// A fenced server is read-only by default, and a search path of others must not name our
    /// tables: both are set for every control session.
    private static final String OPTIONS =
            "-c default_transaction_read_only=off -c search_path=pg_catalog -c lock_timeout=10s"
                    + " -c idle_in_transaction_session_timeout=0";

    /// Makes TLS ready, which is slow.
    ControlAddress(Server server, String dbname, String applicationName) {
        this(server, TlsToServer.of(server.tls()), dbname, applicationName, new AtomicLong());
    }

    String url() {
        var name = local().isPresent() ? "localhost" : server.host();
        var host = name.contains(":") ? "[" + name + "]" : name;
        return "jdbc:postgresql://" + host + ":" + server.port() + "/" + encoded(dbname);
    }

    /// The socket file that leads to the server, where one does.
    private Optional<LocalAddress> local() {
        return LocalAddress.of(server.host(), server.port());
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    Properties properties(ControlLimits limits) throws SQLException {
        var properties = bare(limits);
        properties.setProperty(
                "options", OPTIONS + " -c statement_timeout=" + limits.statement().toMillis());
        return properties;
    }

    /// Without any setting of ours.
    private Properties bare(ControlLimits limits) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", server.control().user());
        switch (server.control().secret()) {
            case Secret.Clear(var password) -> properties.setProperty("password", password);
            case Secret.Absent() -> {}
            case Secret.ScramVerifier _, Secret.Md5Hash _ ->
                    throw new SQLException(
                            "the control user's password of server "
                                    + server.name()
                                    + " is stored as a verifier, which proves nothing to a server:"
                                    + " give the password itself",
                            "28P01");
        }
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "15");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("tcpNoDelay", "true");
        properties.setProperty("socketTimeout", Long.toString(limits.network().toSeconds()));
        return properties;
    }

    /// A connection whose statements the server parses once, at their first run, to the first of
    /// the server's addresses that can be reached.
    Connection open(ControlLimits limits) throws SQLException {
        return open(limits, false);
    }

    /// A connection whose settings are the server's alone; `limits` bound the network.
    Connection openBare(ControlLimits limits) throws SQLException {
        return open(limits, true);
    }

    private Connection open(ControlLimits limits, boolean bare) throws SQLException {
        var hosts = server.hosts();
        if (hosts.size() == 1) {
            return openHere(limits, bare);
        }
        SQLException before = null;
        for (var host : hosts) {
            var here =
                    new ControlAddress(server.at(host), tls, dbname, applicationName, identifier);
            try {
                return here.known(here.openHere(limits, bare));
            } catch (SQLException e) {
                if (before != null) {
                    e.addSuppressed(before);
                }
                if (!OnServer.isLost(e)) {
                    throw e;
                }
                before = e;
            }
        }
        throw Objects.requireNonNull(before);
    }

    /// Two clusters under one server's name would make a cutover lose what one of them has.
    private Connection known(Connection fresh) throws SQLException {
        try {
            long found =
                    Sql.one(
                            fresh,
                            "SELECT system_identifier FROM pg_control_system()",
                            row -> row.getLong(1));
            long first = identifier.compareAndExchange(0, found);
            if (first == 0 || first == found) {
                return fresh;
            }
            throw new SQLException(
                    ("%s is another cluster (system identifier %d) than the server's other"
                         + " addresses (%d): name addresses of one cluster only under host")
                            .formatted(this, found, first),
                    "55000");
        } catch (SQLException e) {
            fresh.close();
            throw e;
        }
    }

    /// Where the settings allow it, a refusal is followed by another try the other way, as libpq
    /// does.
    private Connection openHere(ControlLimits limits, boolean bare) throws SQLException {
        var properties = bare ? bare(limits) : properties(limits);
        properties.setProperty("prepareThreshold", "1");
        var local = local();
        if (local.isPresent()) {
            properties.setProperty("socketFactory", LocalSockets.class.getName());
            properties.setProperty("socketFactoryArg", local.get().file().toString());
            return open(properties, Way.PLAIN);
        }
        var ways = tls.ways();
        try {
            return open(properties, ways.getFirst());
        } catch (SQLException first) {
            if (ways.size() == 1 || !ControlSockets.mayGoTheOtherWay(first)) {
                throw first;
            }
            try {
                return open(properties, ways.getLast());
            } catch (SQLException second) {
                throw telling(first) > telling(second)
                        ? behind(first, second)
                        : behind(second, first);
            }
        }
    }

    private Connection open(Properties properties, Way way) throws SQLException {
        return switch (way) {
            case PLAIN -> {
                properties.setProperty("sslmode", "disable");
                yield DriverManager.getConnection(url(), properties);
            }
            case ENCRYPTED ->
                    ControlSockets.lend(
                            tls.sockets(server.host()),
                            sockets -> {
                                properties.setProperty("sslmode", "require");
                                properties.setProperty(
                                        "sslNegotiation", tls.settings().negotiation().text());
                                properties.setProperty(
                                        "channelBinding", tls.settings().binding().text());
                                properties.setProperty(
                                        "sslfactory", ControlSockets.class.getName());
                                properties.setProperty("sslfactoryarg", sockets);
                                return DriverManager.getConnection(url(), properties);
                            });
        };
    }

    private static SQLException behind(SQLException told, SQLException other) {
        told.addSuppressed(other);
        return told;
    }

    /// How much a refusal says of two: a wrong or missing password most, that the server offers no
    /// encryption least, that rules let nobody in this way little more.
    private static int telling(SQLException why) {
        return switch (String.valueOf(why.getSQLState())) {
            case "28P01" -> 3;
            case "28000" -> 1;
            case "08004" -> ControlFault.isWithoutTls(why) ? 0 : 3;
            default -> 2;
        };
    }

    /// For messages: server, address, database, user.
    @Override
    public String toString() {
        return "server "
                + server.name()
                + " ("
                + server.host()
                + ":"
                + server.port()
                + ", database "
                + dbname
                + ", control user "
                + server.control().user()
                + ")";
    }
}
