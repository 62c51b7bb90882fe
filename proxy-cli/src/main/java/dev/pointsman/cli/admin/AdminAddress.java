package dev.pointsman.cli.admin;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;

/// Where the admin port is, and as whom to log in. An empty password is looked for in `.pgpass`.
///
/// @param tls what the address says about encryption
public record AdminAddress(
        String host, int port, String user, String database, String password, AdminTls tls) {
    /// Where a proxy listens that was told nothing else.
    public static final String DEFAULT = "postgres://operator@127.0.0.1:6433/pointsman";

    private static final String VARIABLE = "POINTSMAN_ADMIN";
    private static final int DEFAULT_PORT = 6433;

    /// The address that `option` gives, or the environment when it is empty.
    public static AdminAddress of(String option, Map<String, String> environment) {
        var text = option.isEmpty() ? environment.getOrDefault(VARIABLE, DEFAULT) : option;
        try {
            var uri = new URI(text);
            var scheme = String.valueOf(uri.getScheme());
            if (!scheme.matches("postgres(ql)?") || uri.getHost() == null) {
                throw unreadable(text);
            }
            var login = uri.getUserInfo() == null ? "operator" : uri.getUserInfo();
            var colon = login.indexOf(':');
            var database = uri.getPath() == null ? "" : uri.getPath().replaceFirst("^/", "");
            return new AdminAddress(
                    uri.getHost(),
                    uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                    colon < 0 ? login : login.substring(0, colon),
                    database.isEmpty() ? "pointsman" : database,
                    colon < 0 ? password(environment) : login.substring(colon + 1),
                    AdminTls.of(uri.getQuery(), environment));
        } catch (URISyntaxException _) {
            throw unreadable(text);
        }
    }

    private static String password(Map<String, String> environment) {
        return environment.getOrDefault(
                "POINTSMAN_ADMIN_PASSWORD", environment.getOrDefault("PGPASSWORD", ""));
    }

    private static CommandFailure unreadable(String text) {
        return new CommandFailure(
                ExitCode.USAGE,
                "'%s' is no admin address; write it like %s"
                        .formatted(text.replaceAll(":[^:/@]*@", ":…@"), DEFAULT));
    }

    /// Without the password.
    @Override
    public String toString() {
        return "postgres://%s@%s:%d/%s".formatted(user, host, port, database);
    }
}
