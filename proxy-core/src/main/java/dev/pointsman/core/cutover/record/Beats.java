package dev.pointsman.core.cutover.record;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.migration.OurSchema;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/// The heartbeat table of one server, over a connection of the caller's: which instances live
/// there. Blocks.
public final class Beats {
    private static final String BEAT =
            """
            INSERT INTO pointsman.heartbeat (instance, at)
            VALUES (?, clock_timestamp() + ? * interval '1 ms')
            ON CONFLICT (instance) DO UPDATE SET at = excluded.at\
            """;

    /// Each with how long ago it was heard of, unless it has announced a silence that is not over
    /// yet, and until when it counts as alive.
    private static final String OTHERS =
            """
            SELECT instance, CASE WHEN at <= clock_timestamp()
                        THEN 'last heard of ' || extract(epoch FROM clock_timestamp() - at)::int
                             || ' s ago'
                        ELSE 'it has announced a silence' END
                   || ', counts as alive until '
                   || to_char((at + ? * interval '1 ms') AT TIME ZONE 'UTC', 'HH24:MI:SS') || ' UTC'
              FROM pointsman.heartbeat
             WHERE instance <> ? AND at > clock_timestamp() - ? * interval '1 ms'
             ORDER BY at DESC\
            """;

    private Beats() {}

    /// Takes back that the instance lives.
    public static void forget(Connection on, String instance) throws SQLException {
        if (exist(on)) {
            Sql.run(on, "DELETE FROM pointsman.heartbeat WHERE instance = ?", instance);
        }
    }

    /// Says that the instance lives; nothing where there is no table for it.
    public static void beat(Connection on, String instance) throws SQLException {
        beat(on, instance, Duration.ZERO);
    }

    /// Says that the instance lives, and will for as long as an attempt may take from here on
    /// without another word, see [Silence]. Until then nobody may take it for dead and its attempt
    /// for abandoned.
    public static void promise(Connection on, String instance, CutoverSettings settings)
            throws SQLException {
        beat(on, instance, Silence.LIMITS.promised(settings));
    }

    private static void beat(Connection on, String instance, Duration silence) throws SQLException {
        if (exist(on)) {
            Sql.run(on, BEAT, instance, silence.toMillis());
        }
    }

    /// The other instances that live, whoever was heard of last first, and when that was, in words.
    public static Map<String, String> others(Connection on, String instance) throws SQLException {
        var within = OurSchema.HEART_BEATS_WITHIN.toMillis();
        return exist(on)
                ? Sql.map(
                        on,
                        OTHERS,
                        row -> row.getString(1),
                        row -> row.getString(2),
                        within,
                        instance,
                        within)
                : Map.of();
    }

    private static boolean exist(Connection on) throws SQLException {
        return Sql.is(on, "SELECT to_regclass('pointsman.heartbeat') IS NOT NULL");
    }
}
