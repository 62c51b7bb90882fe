package dev.pointsman.core.migration.passage;

import dev.pointsman.core.cluster.Sql;

import java.util.List;

/// What a cutover runs on the target; see [SourceSql].
final class TargetSql {
    private TargetSql() {}

    /// Waits on the server itself, so that arrival costs no round trips; each look at the marker
    /// has a snapshot of its own (read committed). Then everything that must hold is checked, the
    /// sequences are set and the position is read, in the transaction that the decision ends.
    private static final String ARRIVE =
            """
            CREATE OR REPLACE FUNCTION pg_temp.pointsman_arrive(
                p_marker int8, p_wait_ms int, p_subscription text, p_own int[], p_app text,
                p_ignored text[], p_tolerate boolean, p_sequences int8[], p_values int8[],
                p_rehearse boolean)
            RETURNS TABLE (position_after text, sequences_set int8) LANGUAGE plpgsql AS $f$
            DECLARE
              since timestamptz := clock_timestamp();
              looks int := 0;
              found text;
              set_count int8;
            BEGIN
              LOOP
                EXIT WHEN EXISTS (SELECT FROM MARKER_TABLE WHERE id = 1 AND value = p_marker);
                looks := looks + 1;
                IF looks > 30 THEN
                  PERFORM pg_sleep(0.0005);
                END IF;
                IF clock_timestamp() - since > p_wait_ms * interval '1 ms' THEN
                  RAISE EXCEPTION USING ERRCODE = 'PM005',
                    MESSAGE = format('the marker did not arrive on %s within %s ms',
                                     SERVER_NAME, p_wait_ms);
                END IF;
              END LOOP;
              SELECT string_agg(r.srrelid::regclass::text, ', ') INTO found
                FROM pg_catalog.pg_subscription_rel r
                JOIN pg_catalog.pg_subscription s ON s.oid = r.srsubid
               WHERE s.subname = p_subscription AND r.srsubstate <> 'r';
              IF found IS NOT NULL AND NOT p_rehearse THEN
                RAISE EXCEPTION USING ERRCODE = 'PM006', MESSAGE = found;
              END IF;
              SELECT string_agg(who, '; ') INTO found
                FROM pg_temp.pointsman_others(p_own, p_app, p_ignored, p_subscription)
               WHERE NOT mine;
              IF found IS NOT NULL AND NOT p_tolerate AND NOT p_rehearse THEN
                RAISE EXCEPTION USING ERRCODE = 'PM002', MESSAGE = 'on the target: ' || found;
              END IF;
              SELECT count(setval(s.o::regclass, s.v)) INTO set_count
                FROM unnest(p_sequences, p_values) AS s(o, v);
              PERFORM pg_logical_emit_message(true, 'pointsman', '');
              RETURN QUERY SELECT pg_current_wal_insert_lsn()::text, set_count;
            END $f$\
            """;

    private static final String DECIDE =
            """
            CREATE OR REPLACE FUNCTION pg_temp.pointsman_decide(
                p_epoch int8, p_attempt int8, p_databases text[], p_server text, p_kind text,
                p_instance text, p_source_lsn text, p_target_lsn text, p_rehearse boolean)
            RETURNS void LANGUAGE plpgsql AS $f$
            BEGIN
              INSERT INTO pointsman.record (epoch, version, attempt, databases, server, kind,
                     instance, source_lsn, target_lsn)
              VALUES (p_epoch, 1, p_attempt, p_databases, p_server, p_kind, p_instance,
                      p_source_lsn::pg_lsn, p_target_lsn::pg_lsn);
              IF p_rehearse THEN
                DELETE FROM pointsman.record WHERE epoch = p_epoch;
              END IF;
            END $f$\
            """;

    static List<String> functions(Crossing crossing) {
        return List.of(
                SourceSql.OTHERS,
                ARRIVE.replace("MARKER_TABLE", crossing.markerTable())
                        .replace("SERVER_NAME", Sql.literal(crossing.target().name())),
                DECIDE);
    }

    static final String CALL_ARRIVE =
            "BEGIN; SELECT * FROM pg_temp.pointsman_arrive(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    static final String CALL_DECIDE =
            "SELECT pg_temp.pointsman_decide(?, ?, ?, ?, ?, ?, ?, ?, ?); COMMIT";
}
