package dev.pointsman.core.config.file;

import dev.pointsman.core.config.key.Key;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the format has a place for and this version cannot do yet: named as such, never ignored.
final class Later {
    private static final Map<String, String> KEYS =
            Map.of(
                    "listen.tls.cert", "encryption towards clients",
                    "listen.tls.key", "encryption towards clients",
                    "listen.tls.ca", "encryption towards clients",
                    "databases.*.servers.*.sslrootcert", "verified encryption towards servers",
                    "databases.*.servers.*.peer.sslrootcert", "a root certificate for the peer",
                    "auth.query", "looking users up in the database",
                    "users.*.limits", "limits per user");

    private static final Map<Key, Set<String>> WORDS =
            Map.of(
                    Key.LISTEN_TLS_MODE,
                    Set.of("allow", "prefer", "require", "verify-ca", "verify-full"),
                    Key.SERVER_SSLMODE,
                    Set.of("require", "verify-ca", "verify-full"),
                    Key.AUTH_TYPE,
                    Set.of("passthrough", "query", "cert"));

    /// PgBouncer's settings that have no effect here, so that a file moved over says so.
    private static final Set<String> LIMITS =
            Set.of(
                    "client_idle_timeout",
                    "idle_transaction_timeout",
                    "transaction_timeout",
                    "query_timeout",
                    "cancel_wait_timeout",
                    "max_db_connections",
                    "max_db_client_connections",
                    "max_user_connections",
                    "max_user_client_connections",
                    "max_prepared_statements",
                    "min_pool_size",
                    "reserve_pool_size",
                    "reserve_pool_timeout",
                    "server_check_delay",
                    "server_check_query",
                    "server_login_retry",
                    "suspend_timeout",
                    "autodb_idle_timeout",
                    "max_client_conn",
                    "client_login_timeout",
                    "startup_packet_max",
                    "held_bytes_total");

    private Later() {}

    /// What the unknown key would be for, if it is one of a later version.
    static Optional<String> key(String pattern) {
        var last = pattern.substring(pattern.lastIndexOf('.') + 1);
        if (pattern.contains("limits.") && LIMITS.contains(last)) {
            return Optional.of(
                    pattern.startsWith("limits.") ? "this limit" : "this limit for one database");
        }
        return Optional.ofNullable(KEYS.get(pattern));
    }

    static boolean word(Key key, String word) {
        return WORDS.getOrDefault(key, Set.of()).contains(word);
    }
}
