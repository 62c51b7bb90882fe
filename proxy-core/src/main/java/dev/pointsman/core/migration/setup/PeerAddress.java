package dev.pointsman.core.migration.setup;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;

/// How one server reaches another for replication: the other's `peer` address, as its control user.
public record PeerAddress(Server server) {

    /// As `CONNECTION` wants it, with the password.
    public String conninfo() {
        var open = withoutPassword();
        return switch (server.control().secret()) {
            case Secret.Clear(var password) -> open + " password=" + quoted(password);
            case Secret.Absent(), Secret.ScramVerifier _, Secret.Md5Hash _ -> open;
        };
    }

    /// The same, fit to be shown.
    public String withoutPassword() {
        return "host="
                + quoted(server.peer().host())
                + " port="
                + server.peer().port()
                + " dbname="
                + quoted(server.dbname())
                + " user="
                + quoted(server.control().user())
                + " sslmode="
                + server.peer().sslmode().text();
    }

    private static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    @Override
    public String toString() {
        return withoutPassword();
    }
}
