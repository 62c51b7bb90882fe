package dev.pointsman.cli.demo.site;

import dev.pointsman.cli.demo.EmbeddedServer;
import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.load.Address;
import dev.pointsman.cli.load.LoadTables;

import java.sql.SQLException;
import java.util.List;

/// Two embedded servers of different majors, with the same roles. Applications and the proxy's
/// control role show passwords; only the superuser of the embedded servers is trusted, and is used
/// here alone.
public final class Pair implements AutoCloseable {
    public static final String BLUE = "blue";
    public static final String GREEN = "green";
    static final String APPLICATION = "app";
    static final String CONTROL = "pointsman_control";

    private static final int BLUE_MAJOR = 14;
    private static final int GREEN_MAJOR = 18;

    private final EmbeddedServer blue;
    private final EmbeddedServer green;
    private final Passwords passwords;

    private Pair(EmbeddedServer blue, EmbeddedServer green, Passwords passwords) {
        this.blue = blue;
        this.green = green;
        this.passwords = passwords;
    }

    /// Starts both; seconds.
    static Pair start(Passwords passwords) throws SQLException {
        var servers =
                EmbeddedServer.startAll(
                        List.of(
                                EmbeddedSettings.of(BLUE_MAJOR).withPasswords(),
                                EmbeddedSettings.of(GREEN_MAJOR).withPasswords()));
        var pair = new Pair(servers.getFirst(), servers.getLast(), passwords);
        try {
            for (var server : servers) {
                server.execute("postgres", role(APPLICATION, "", passwords.application()));
                server.execute("postgres", role(CONTROL, "SUPERUSER", passwords.control()));
            }
            return pair;
        } catch (SQLException e) {
            pair.close();
            throw e;
        }
    }

    private static String role(String name, String rights, String password) {
        return "CREATE ROLE %s LOGIN %s PASSWORD '%s'".formatted(name, rights, password);
    }

    /// Makes `database` on both servers, owned by the application, with the same tables on both: a
    /// schema copy needs a `pg_dump`, which is not everywhere. Rows come on blue only.
    public void addDatabase(String database, LoadTables tables) throws SQLException {
        for (var server : List.of(blue, green)) {
            server.execute("postgres", "CREATE DATABASE " + database + " OWNER " + APPLICATION);
            try (var connection = server.connect(database, APPLICATION, passwords.application())) {
                tables.create(connection);
                if (server == blue) {
                    tables.fill(connection);
                }
            }
        }
    }

    /// The server called `name` in the configuration.
    public EmbeddedServer server(String name) {
        return switch (name) {
            case BLUE -> blue;
            case GREEN -> green;
            default -> throw new IllegalArgumentException("no server is called " + name);
        };
    }

    /// Where the application finds `database` on a server without a proxy.
    public Address application(EmbeddedServer server, String database) {
        return application(server.port(), database);
    }

    /// The application's login at a port on this machine.
    public Address application(int port, String database) {
        return new Address(
                EmbeddedServer.HOST, port, database, APPLICATION, passwords.application());
    }

    @Override
    public void close() {
        blue.close();
        green.close();
    }
}
