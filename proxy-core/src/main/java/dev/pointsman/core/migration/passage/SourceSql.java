package dev.pointsman.core.migration.passage;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.OurSchema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.StringJoiner;

/// The functions that a cutover keeps in its own sessions, and the statements that call them. They
/// are temporary: nothing of them stays on a server when the session ends.
final class SourceSql {
    private SourceSql() {}

    /// Who is in this database besides the caller and does not count as idle or harmless: a
    /// walsender is, unless it writes. With `instance` a row shows another living instance of ours:
    /// a control session by the name that it carries, or a heartbeat, which has no process. A dump
    /// only reads, and is a session like any other. All of these are plpgsql: it keeps its plans,
    /// which SQL functions do only from PostgreSQL 18 on.
    static final String OTHERS =
            """
            CREATE OR REPLACE FUNCTION pg_temp.pointsman_others(
                own int[], app text, ignored text[], subscription text)
            RETURNS TABLE (pid int, mine boolean, who text, instance text) LANGUAGE plpgsql AS $f$
            #variable_conflict use_column
            DECLARE
              ourselves text := split_part(app, '/', 2);
            BEGIN
              RETURN QUERY
              SELECT a.pid, a.pid = ANY (own),
                     format('pid %s, user %s, application "%s", from %s, %s', a.pid,
                            coalesce(a.usename::text, '?'), a.application_name,
                            coalesce(host(a.client_addr), 'local'),
                            coalesce(a.state, a.backend_type, '?')),
                     CASE WHEN starts_with(a.application_name, 'pointsman/')
                           AND a.application_name <> 'pointsman/pg_dump'
                          THEN nullif(split_part(a.application_name, '/', 2), ourselves) END
                FROM pg_catalog.pg_stat_activity a
               WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
                 AND NOT (a.pid = ANY (own) AND coalesce(a.state, '') = 'idle')
                 AND NOT (a.usename = current_user
                          AND (a.application_name = app
                               OR starts_with(a.application_name, app || '/')))
                 AND coalesce(a.usename::text, '') <> ALL (ignored)
                 AND (coalesce(a.backend_type, '?') NOT IN ('walsender', 'autovacuum launcher',
                     'autovacuum worker', 'parallel worker', 'slotsync worker')
                     OR a.backend_type = 'walsender' AND a.backend_xid IS NOT NULL)
                 AND a.pid NOT IN (SELECT s.pid FROM pg_catalog.pg_stat_subscription s
                                    WHERE s.subname = subscription AND s.pid IS NOT NULL)
              UNION ALL
              SELECT 0, false, format('instance %s, by its heartbeat', h.instance), h.instance
                FROM pointsman.heartbeat h
               WHERE h.instance <> ourselves
                 AND h.at > clock_timestamp() - HEART_BEATS_WITHIN * interval '1 ms';
            END $f$\
            """
                    .replace(
                            "HEART_BEATS_WITHIN",
                            Long.toString(OurSchema.HEART_BEATS_WITHIN.toMillis()));

    /// A text that changes when schemas, tables, columns, sequences or the publication do, its row
    /// filters and column lists too. Users' objects have oids from 16384 on, so that the catalogs'
    /// own need not be read; a sequence that is altered or restarted gets a new file.
    static final String FINGERPRINT =
            """
            CREATE OR REPLACE FUNCTION pg_temp.pointsman_fingerprint(publication text)
            RETURNS text LANGUAGE plpgsql AS $f$
            BEGIN
              RETURN (WITH mine AS MATERIALIZED (
                SELECT c.oid, c.relkind, concat_ws(':', c.oid, c.relname, c.relnamespace, c.relkind,
                       c.relnatts, c.relreplident,
                       CASE c.relkind WHEN 'S' THEN c.relfilenode END) AS said
                  FROM pg_catalog.pg_class c
                 WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'S') AND c.relpersistence = 'p'
                   AND c.relnamespace <> (SELECT n.oid FROM pg_catalog.pg_namespace n
                                           WHERE n.nspname = 'pointsman'))
              SELECT concat_ws('/',
                (SELECT count(*) || ':' || sum(hashtextextended(said, 0)::numeric) FROM mine),
                (SELECT sum(hashtextextended(concat_ws(':', n.oid, n.nspname), 0)::numeric)
                   FROM pg_catalog.pg_namespace n WHERE NOT starts_with(n.nspname::text, 'pg_')),
                (SELECT sum(hashtextextended(concat_ws(':', a.attrelid, a.attnum, a.attname,
                              a.atttypid, a.atttypmod, a.attnotnull, a.attgenerated), 0)::numeric)
                   FROM mine JOIN pg_catalog.pg_attribute a ON a.attrelid = mine.oid
                  WHERE a.attrelid >= 16384 AND mine.relkind <> 'S' AND a.attnum > 0),
                (SELECT hashtextextended(p::text, 0) || ':'
                        || (SELECT count(*) || ':'
                                   || coalesce(sum(hashtextextended(r::text, 0)::numeric), 0)
                              FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = p.oid)
                   FROM pg_catalog.pg_publication p WHERE p.pubname = publication)));
            END $f$\
            """;

    /// Counts first, writes then: any difference raises before anything is written. Whoever is
    /// tolerated, another instance is not: it would lead its clients to where they were.
    private static final String MARK =
            """
            CREATE OR REPLACE FUNCTION pg_temp.pointsman_mark(
                p_marker int8, p_epoch int8, p_attempt int8, p_databases text[], p_server text,
                p_kind text, p_instance text, p_own int[], p_app text, p_ignored text[],
                p_tolerate boolean, p_publication text, p_fingerprint text, p_rehearse boolean)
            RETURNS void LANGUAGE plpgsql AS $f$
            DECLARE
              busy text;
              strangers text;
              prepared text;
              fingerprint text;
            BEGIN
              SELECT string_agg(who, '; ') FILTER (WHERE mine),
                     string_agg(who, '; ')
                       FILTER (WHERE NOT mine AND (instance IS NOT NULL OR NOT p_tolerate))
                INTO busy, strangers
                FROM pg_temp.pointsman_others(p_own, p_app, p_ignored, '');
              SELECT string_agg(gid, ', ') INTO prepared
                FROM pg_catalog.pg_prepared_xacts WHERE database = current_database();
              fingerprint := pg_temp.pointsman_fingerprint(p_publication);
              IF NOT p_rehearse THEN
                IF busy IS NOT NULL THEN
                  RAISE EXCEPTION USING ERRCODE = 'PM001', MESSAGE = busy;
                END IF;
                IF strangers IS NOT NULL THEN
                  RAISE EXCEPTION USING ERRCODE = 'PM002', MESSAGE = strangers;
                END IF;
                IF prepared IS NOT NULL THEN
                  RAISE EXCEPTION USING ERRCODE = 'PM003', MESSAGE = prepared;
                END IF;
                IF fingerprint <> p_fingerprint THEN
                  RAISE EXCEPTION USING ERRCODE = 'PM004',
                    MESSAGE = format('%s, was %s', fingerprint, p_fingerprint);
                END IF;
              END IF;
              UPDATE MARKER_TABLE SET value = p_marker WHERE id = 1;
              IF NOT FOUND THEN
                RAISE EXCEPTION 'the marker row is missing';
              END IF;
              INSERT INTO pointsman.record AS r
                     (epoch, version, attempt, databases, server, kind, instance)
              VALUES (p_epoch, 1, p_attempt, p_databases, p_server, p_kind, p_instance)
              ON CONFLICT (epoch) DO UPDATE SET at = clock_timestamp()
               WHERE r.attempt = p_attempt AND r.kind = p_kind AND r.instance = p_instance;
              IF NOT FOUND THEN
                RAISE EXCEPTION USING ERRCODE = 'PM009', MESSAGE = 'epoch ' || p_epoch;
              END IF;
              IF p_rehearse THEN
                DELETE FROM pointsman.record WHERE epoch = p_epoch;
              END IF;
            END $f$\
            """;

    /// What tables, columns and sequences there are, and what is published: equal as long as
    /// nothing of that is changed. Wants [#FINGERPRINT] in the session.
    static String fingerprint(Connection on, Crossing crossing) throws SQLException {
        return Sql.one(
                on,
                "SELECT pg_temp.pointsman_fingerprint(?)",
                row -> row.getString(1),
                crossing.publication());
    }

    static List<String> functions(Crossing crossing) {
        return List.of(OTHERS, FINGERPRINT, MARK.replace("MARKER_TABLE", crossing.markerTable()));
    }

    /// One round trip: the checks and the commit, then what is true after it. Sequences are read by
    /// oid, in order, NULL for one that was never called, and only here: whatever was committed
    /// before the marker goes to the target with it, and so must the values that it was made with.
    /// Those in `uncalled` are read whole, by name: where a first call will start, NULL for one
    /// that was called by now.
    static String callMark(List<String> uncalled) {
        var starts = new StringJoiner(", ", ", ARRAY[", "]::int8[]");
        for (var name : uncalled) {
            starts.add("(SELECT CASE WHEN NOT is_called THEN last_value END FROM " + name + ")");
        }
        return CALL_MARK + starts;
    }

    private static final String CALL_MARK =
            "BEGIN; SELECT pg_temp.pointsman_mark(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);"
                    + " COMMIT; SELECT pg_current_wal_flush_lsn()::text,"
                    + " pg_snapshot_xmax(pg_current_snapshot())::text::int8,"
                    + " (SELECT array_agg(pg_sequence_last_value(o::regclass) ORDER BY n)"
                    + " FROM unnest(?::int8[]) WITH ORDINALITY t(o, n))";

    static final String HORIZON = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::int8";

    /// Who of ours holds advisory locks.
    static final String LOCK_HOLDERS =
            "SELECT ARRAY(SELECT DISTINCT pid FROM pg_locks"
                    + " WHERE locktype = 'advisory' AND pid = ANY (?::int[]))";

    /// Everything committed so far is on disk once this is, so that decoding sees it: it reads no
    /// further than that, and others may commit without waiting for the disk.
    static final String FLUSH = "SELECT pg_logical_emit_message(true, 'pointsman', '')";

    /// Row changes of this server's own sessions since a position, ours left out; and whoever holds
    /// a transaction id now. A change has the position where its record begins, so the first one
    /// behind a flushed position has that very position. No row: what moved the horizon changed
    /// nothing in this database.
    static final String UNEXPLAINED =
            """
            SELECT data FROM pg_logical_slot_peek_changes(?, NULL, NULL,
                   'only-local', '1', 'skip-empty-xacts', '1')
             WHERE lsn >= ?::pg_lsn AND data LIKE 'table %' AND data NOT LIKE 'table pointsman.%'
            UNION ALL
            SELECT 'pid ' || pid || ' holds transaction id ' || backend_xid FROM pg_stat_activity
             WHERE datname = current_database() AND backend_xid IS NOT NULL
               AND pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker'
            LIMIT 3\
            """;
}
