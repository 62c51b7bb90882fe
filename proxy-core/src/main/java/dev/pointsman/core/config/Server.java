package dev.pointsman.core.config;

import dev.pointsman.core.config.tls.PeerTls;
import dev.pointsman.core.config.tls.ServerTls;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One PostgreSQL server of one database.
///
/// @param name as commands and metrics call it
/// @param host one address, or several of the same server with commas between
/// @param users the global users with this server's own passwords over them
/// @param peer how the other server reaches this one, for replication
public record Server(
        String name,
        String host,
        int port,
        String dbname,
        ServerTls tls,
        Control control,
        Map<String, User> users,
        Peer peer) {

    public Server {
        users = Config.inOrder(users);
    }

    /// The addresses, one at least, in the order to try them.
    public List<String> hosts() {
        return List.of(host.split(",", -1));
    }

    /// The same at one of its addresses alone.
    public Server at(String one) {
        return new Server(name, one, port, dbname, tls, control, users, peer);
    }

    /// The same with another role to act as.
    public Server withControl(Control other) {
        return new Server(name, host, port, dbname, tls, other, users, peer);
    }

    /// Another database of the same instance.
    Server in(String other) {
        return new Server(name, host, port, other, tls, control, users, peer);
    }

    /// Where the database lies, for comparisons: an address for each of the host's.
    public List<String> places() {
        return hosts().stream().map(one -> one + ":" + port + "/" + dbname).toList();
    }

    /// The same without its users: whether it is reached in the same way, whoever logs in.
    public Server withoutUsers() {
        return new Server(name, host, port, dbname, tls, control, Map.of(), peer);
    }

    /// Whether connections that were made to that one may go on: certificates may have changed, for
    /// they count when a connection begins.
    public boolean sameWay(Server other) {
        return host.equals(other.host)
                && port == other.port
                && dbname.equals(other.dbname)
                && tls.withoutContents().equals(other.tls.withoutContents());
    }

    /// As the role that migrations and cutovers act.
    ///
    /// @param maintenanceDb a database that stays open to this role while the fence is up
    public record Control(String user, SecretSource source, String maintenanceDb) {
        /// The password as it is now; never blocks.
        public Secret secret() {
            return source.now();
        }
    }

    /// An address for another server's subscription.
    public record Peer(String host, int port, PeerTls tls) {}

    /// libpq's names for how much encryption is wanted.
    public enum SslMode {
        /// Never.
        DISABLE,
        /// Only where the other side wants it.
        ALLOW,
        /// Where the other side can.
        PREFER,
        /// Always, with whoever it is; towards servers with root certificates as [#VERIFY_CA].
        REQUIRE,
        /// Always, and the certificate must come from a CA that we trust.
        VERIFY_CA,
        /// The same, and a server's certificate must be for the host that we connect to.
        VERIFY_FULL;

        /// Whether nothing goes unencrypted.
        public boolean always() {
            return compareTo(REQUIRE) >= 0;
        }

        /// Whether certificates must be checked.
        public boolean verifies() {
            return compareTo(VERIFY_CA) >= 0;
        }

        /// As libpq and pgjdbc spell it.
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
