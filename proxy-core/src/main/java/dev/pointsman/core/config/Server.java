package dev.pointsman.core.config;

import java.util.Locale;
import java.util.Map;

/// One PostgreSQL server of one database.
///
/// @param name as commands and metrics call it
/// @param users the global users with this server's own passwords over them
/// @param peer how the other server reaches this one, for replication
public record Server(
        String name,
        String host,
        int port,
        String dbname,
        SslMode sslmode,
        Control control,
        Map<String, User> users,
        Peer peer) {

    public Server {
        users = Config.inOrder(users);
    }

    /// The same with another role to act as.
    public Server withControl(Control other) {
        return new Server(name, host, port, dbname, sslmode, other, users, peer);
    }

    /// The same without its users: whether it is reached in the same way, whoever logs in.
    public Server withoutUsers() {
        return new Server(name, host, port, dbname, sslmode, control, Map.of(), peer);
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
    public record Peer(String host, int port, SslMode sslmode) {}

    /// PostgreSQL's names for how much encryption is wanted.
    public enum SslMode {
        DISABLE,
        ALLOW,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL;

        /// As libpq and pgjdbc spell it.
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
