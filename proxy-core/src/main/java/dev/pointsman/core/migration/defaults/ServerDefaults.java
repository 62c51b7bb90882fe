package dev.pointsman.core.migration.defaults;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What a server starts every session with before anything stored for roles and databases counts:
/// its configuration file, its command line, its version. Of the settings that can change what a
/// statement does, and as far as the control role can tell.
public final class ServerDefaults {
    /// Where nothing has been set for the control session itself, its value is everybody's.
    private static final String OWN =
            """
            SELECT lower(name), coalesce(reset_val, '') FROM pg_settings WHERE lower(name) = ANY (?::text[])
               AND source IN ('default', 'environment variable', 'configuration file',
                              'command line')\
            """;

    private static final String MAY_READ_FILES =
            """
            SELECT has_table_privilege('pg_catalog.pg_file_settings', 'SELECT')
               AND has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'EXECUTE')\
            """;

    private static final String FILES =
            """
            SELECT lower(s.name), coalesce((SELECT f.setting FROM pg_file_settings f
                     WHERE lower(f.name) = lower(s.name) AND f.applied
                     ORDER BY f.seqno DESC LIMIT 1), s.boot_val, '')
              FROM pg_settings s WHERE lower(s.name) = ANY (?::text[])\
            """;

    /// What clients set for themselves, and what changes messages only.
    private static final Set<String> NOT_COMPARED = Set.of("client_encoding", "lc_messages");

    private static final Set<String> UTC =
            Set.of("utc", "etc/utc", "gmt", "etc/gmt", "uct", "etc/uct", "zulu", "etc/zulu");

    private ServerDefaults() {}

    /// `timezone is Asia/Tokyo, not Etc/UTC` for each that both servers tell and that differs, the
    /// target's first.
    public static List<String> differences(Cluster source, Cluster target) throws SQLException {
        var here = source.call(ServerDefaults::read);
        var there = target.call(ServerDefaults::read);
        var found = new ArrayList<String>();
        here.forEach(
                (name, value) -> {
                    var other = there.get(name);
                    if (other != null && !plain(name, value).equals(plain(name, other))) {
                        found.add("%s is %s, not %s".formatted(name, other, value));
                    }
                });
        return found;
    }

    private static Map<String, String> read(Connection on) throws SQLException {
        var names = new ArrayList<>(Setting.TELLING);
        names.removeAll(NOT_COMPARED);
        var read = pairs(on, OWN, names);
        names.removeAll(read.keySet());
        if (!names.isEmpty() && Sql.is(on, MAY_READ_FILES)) {
            read.putAll(pairs(on, FILES, names));
        }
        return read;
    }

    private static Map<String, String> pairs(Connection on, String query, List<String> names)
            throws SQLException {
        Object asked = names.toArray(String[]::new);
        var pairs = new TreeMap<String, String>();
        Sql.list(on, query, row -> Map.entry(row.getString(1), row.getString(2)), asked)
                .forEach(pair -> pairs.put(pair.getKey(), pair.getValue()));
        return pairs;
    }

    /// One spelling of what is the same.
    private static String plain(String name, String value) {
        var low = value.toLowerCase(Locale.ROOT).replace(" ", "");
        return switch (name) {
            case "timezone" -> UTC.contains(low) ? "utc" : low;
            case "lc_monetary", "lc_numeric", "lc_time" ->
                    low.equals("posix") ? "c" : low.replace("-", "");
            default -> low;
        };
    }
}
