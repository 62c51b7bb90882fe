package dev.pointsman.core.migration.setup;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.tls.PeerTls;
import dev.pointsman.core.config.tls.ServerTls.Binding;
import dev.pointsman.core.config.tls.ServerTls.Negotiation;

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
                + encryption(server.peer().tls());
    }

    /// What older versions do not know is only said where it is wanted.
    private static String encryption(PeerTls tls) {
        return " sslmode="
                + tls.mode().text()
                + file("sslrootcert", tls.rootcert())
                + file("sslcert", tls.cert())
                + file("sslkey", tls.key())
                + (tls.negotiation() == Negotiation.POSTGRES
                        ? ""
                        : " sslnegotiation=" + tls.negotiation().text())
                + (tls.binding() == Binding.PREFER
                        ? ""
                        : " channel_binding=" + tls.binding().text());
    }

    private static String file(String option, String path) {
        return path.isEmpty() ? "" : " " + option + "=" + quoted(path);
    }

    private static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    @Override
    public String toString() {
        return withoutPassword();
    }
}
