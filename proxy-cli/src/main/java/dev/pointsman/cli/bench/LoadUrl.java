package dev.pointsman.cli.bench;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.load.Address;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;

/// Reads `postgres://user:password@host:port/database`.
public final class LoadUrl {
    private static final int DEFAULT_PORT = 5432;
    private static final String DEFAULT_NAME = "postgres";

    private LoadUrl() {}

    /// The address that `text` names; the password may come from PGPASSWORD.
    ///
    /// @throws CommandFailure when it is no such address
    public static Address parse(String text, Map<String, String> environment) {
        try {
            var uri = new URI(text);
            if (!String.valueOf(uri.getScheme()).matches("postgres(ql)?")
                    || uri.getHost() == null) {
                throw unreadable(text);
            }
            var login = uri.getUserInfo() == null ? DEFAULT_NAME : uri.getUserInfo();
            var parts = login.split(":", 2);
            var path = uri.getPath() == null ? "" : uri.getPath().replaceFirst("^/", "");
            return new Address(
                    uri.getHost().replaceAll("[\\[\\]]", ""),
                    uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                    path.isEmpty() ? parts[0] : path,
                    parts[0],
                    parts.length > 1 ? parts[1] : environment.getOrDefault("PGPASSWORD", ""));
        } catch (URISyntaxException _) {
            throw unreadable(text);
        }
    }

    private static CommandFailure unreadable(String text) {
        return new CommandFailure(
                ExitCode.USAGE,
                "'%s' is no address; write it like postgres://app@127.0.0.1:6432/shop"
                        .formatted(text.replaceAll(":[^:/@]*@", ":…@")));
    }
}
