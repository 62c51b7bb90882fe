package dev.pointsman.core.pool;

import dev.pointsman.core.config.Database.PoolMode;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The start-up parameters of a client that its server connections must be opened with: all where
/// it keeps its connection, so that RESET leads back to them; else those that no server reports and
/// that can therefore not follow the client. Names in lower case, in order.
public final class StartupOptions {
    public static final StartupOptions NONE = new StartupOptions(Map.of());

    /// Reported by every supported server, set per client on whatever connection it gets.
    private static final Set<String> FOLLOWING_THE_CLIENT =
            Set.of(
                    "application_name",
                    "client_encoding",
                    "datestyle",
                    "intervalstyle",
                    "standard_conforming_strings",
                    "timezone");

    private static final Set<String> ABOUT_THE_LOGIN = Set.of("user", "database", "replication");

    private final Map<String, String> values;
    private final int hash;

    private StartupOptions(Map<String, String> values) {
        this.values = values;
        hash = values.hashCode();
    }

    /// Picks them out of all parameters of a start-up packet. Protocol options (`_pq_.…`) are left
    /// out: they are between the client and the proxy.
    public static StartupOptions of(Map<String, String> startupParameters, PoolMode mode) {
        boolean followed = mode == PoolMode.TRANSACTION;
        Map<String, String> kept = new TreeMap<>();
        startupParameters.forEach(
                (name, value) -> {
                    String lower = name.toLowerCase(Locale.ROOT);
                    if (!(followed && FOLLOWING_THE_CLIENT.contains(lower))
                            && !ABOUT_THE_LOGIN.contains(lower)
                            && !lower.startsWith("_pq_.")) {
                        kept.put(lower, value);
                    }
                });
        return kept.isEmpty() ? NONE : new StartupOptions(Collections.unmodifiableMap(kept));
    }

    public Map<String, String> values() {
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof StartupOptions that
                        && hash == that.hash
                        && values.equals(that.values));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
