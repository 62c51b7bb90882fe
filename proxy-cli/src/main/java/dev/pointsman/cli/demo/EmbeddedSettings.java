package dev.pointsman.cli.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How an [EmbeddedServer] is set up: its major, `postgresql.conf` parameters over our defaults,
/// and the lines of `pg_hba.conf` (first match wins).
public record EmbeddedSettings(int major, Map<String, String> parameters, List<String> access) {
    private static final Map<String, String> DEFAULTS =
            Map.of(
                    "wal_level", "logical",
                    "max_connections", "200",
                    "shared_buffers", "64MB",
                    "max_wal_senders", "20",
                    "max_replication_slots", "20",
                    "max_worker_processes", "24",
                    "max_logical_replication_workers", "16",
                    "log_line_prefix", "'%m [%p] %a %d '");

    public EmbeddedSettings {
        parameters = Map.copyOf(parameters);
        access = List.copyOf(access);
    }

    /// Ready for logical replication in both roles; everybody on this machine is trusted.
    public static EmbeddedSettings of(int major) {
        return new EmbeddedSettings(
                major,
                DEFAULTS,
                List.of(
                        "host all all 127.0.0.1/32 trust",
                        "host replication all 127.0.0.1/32 trust"));
    }

    /// With the parameter `name` set; `value` as it stands in `postgresql.conf`, quotes included.
    public EmbeddedSettings with(String name, String value) {
        var more = new LinkedHashMap<>(parameters);
        more.put(name, value);
        return new EmbeddedSettings(major, more, access);
    }

    /// With `line` of `pg_hba.conf` before all others.
    public EmbeddedSettings allow(String line) {
        var more = new ArrayList<String>();
        more.add(line);
        more.addAll(access);
        return new EmbeddedSettings(major, parameters, more);
    }

    /// Only the superuser is trusted; everybody else shows a password, by SCRAM-SHA-256 (or by MD5
    /// where the role's password was stored that way).
    public EmbeddedSettings withPasswords() {
        return new EmbeddedSettings(
                major,
                parameters,
                List.of(
                        "host all postgres 127.0.0.1/32 trust",
                        "host replication postgres 127.0.0.1/32 trust",
                        "host all all 127.0.0.1/32 md5",
                        "host replication all 127.0.0.1/32 md5"));
    }
}
