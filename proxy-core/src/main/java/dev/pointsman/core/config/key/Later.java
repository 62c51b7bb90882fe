package dev.pointsman.core.config.key;

import dev.pointsman.core.config.key.LimitKey.Scope;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the format has a place for and this version cannot do yet: named as such, never ignored.
public final class Later {
    private static final Map<Setting, Set<String>> WORDS = Map.of();

    /// PgBouncer's settings that have no effect here, so that a file moved over says so.
    private static final Set<String> LIMITS =
            Set.of(
                    "max_packet_size",
                    "query_wait_notify",
                    "server_check_delay",
                    "server_check_query",
                    "server_fast_close",
                    "suspend_timeout",
                    "pool_idle_timeout",
                    "dns_zone_check_period",
                    "tcp_defer_accept",
                    "tcp_socket_buffer");

    private Later() {}

    /// What the unknown key would be for, if it is one of a later version.
    public static Optional<String> key(String pattern) {
        var last = pattern.substring(pattern.lastIndexOf('.') + 1);
        if (pattern.contains("limits.") && LIMITS.contains(last)) {
            return Optional.of("this limit");
        }
        if (LimitKey.in(Scope.GLOBAL)
                .anyMatch(limit -> pattern.endsWith(".limits." + limit.word()))) {
            return Optional.of("this limit in this place, which is known under limits only,");
        }
        return Optional.empty();
    }

    /// Whether a later version knows this word.
    public static boolean word(Setting key, String word) {
        return WORDS.getOrDefault(key, Set.of()).contains(word);
    }
}
