package dev.pointsman.cli.demo.site;

import dev.pointsman.cli.demo.EmbeddedServer;

import java.util.List;
import java.util.stream.Collectors;

/// The configuration of a proxy in front of a pair: one database after another, blue serves.
///
/// @param mode `session` or `transaction`
/// @param size server connections for each database
record ProxyFile(int clientPort, int adminPort, List<String> databases, String mode, int size) {
    static final String OPERATOR = "operator";

    ProxyFile {
        databases = List.copyOf(databases);
    }

    /// The file's text. State lies beside the file.
    String text(Pair pair, Passwords passwords) {
        return """
        version: 1
        listen: {host: %1$s, port: %2$d}
        admin: {host: %1$s, port: %3$d, users: {%4$s: "%5$s"}}
        state: ./state
        log: {level: info, connections: false}
        auth: {type: scram-sha-256}
        users:
          %6$s: {password: "%7$s"}
        databases:
        """
                        .formatted(
                                EmbeddedServer.HOST,
                                clientPort,
                                adminPort,
                                OPERATOR,
                                passwords.operator(),
                                Pair.APPLICATION,
                                passwords.application())
                + databases.stream()
                        .map(database -> database(database, pair, passwords))
                        .collect(Collectors.joining());
    }

    private String database(String name, Pair pair, Passwords passwords) {
        return """
          %1$s:
            pool: {mode: %2$s, size: %3$d}
            serve: blue
            control: {user: %4$s, password: "%5$s", maintenance_db: postgres}
            servers:
              blue: {host: %6$s, port: %7$d, dbname: %1$s, sslmode: disable}
              green: {host: %6$s, port: %8$d, dbname: %1$s, sslmode: disable}
        """
                .indent(2)
                .formatted(
                        name,
                        mode,
                        size,
                        Pair.CONTROL,
                        passwords.control(),
                        EmbeddedServer.HOST,
                        pair.server(Pair.BLUE).port(),
                        pair.server(Pair.GREEN).port());
    }
}
