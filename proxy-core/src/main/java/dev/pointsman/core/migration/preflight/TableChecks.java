package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.Check.Blocks;
import dev.pointsman.core.migration.Check.Verdict;
import dev.pointsman.core.migration.platform.Platform;
import dev.pointsman.core.migration.schema.UserTables;

import java.sql.SQLException;
import java.util.List;

/// What the source's tables are like. Publishing a table without a replica identity makes its
/// UPDATEs and DELETEs fail at once, on the live source.
final class TableChecks {
    static final String LARGE_OBJECTS = "large-objects";

    private static final String ID = "replica-identity";

    private static final String WITHOUT_IDENTITY =
            """
            SELECT format('%I.%I', n.nspname, c.relname),
                   coalesce(s.n_tup_upd + s.n_tup_del, 0),
                   coalesce((SELECT min(format('%I', x.relname)) FROM pg_index i
                      JOIN pg_class x ON x.oid = i.indexrelid
                     WHERE i.indrelid = c.oid AND i.indisunique AND i.indimmediate AND i.indisvalid
                       AND i.indpred IS NULL AND i.indexprs IS NULL
                       AND NOT EXISTS (SELECT 1 FROM unnest(i.indkey::int2[])
                                         WITH ORDINALITY k(n, o)
                                         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.n
                                        WHERE k.o <= i.indnkeyatts AND NOT a.attnotnull)), ''),
                   EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
                            AND NOT i.indimmediate)
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
             WHERE %s
               AND (c.relreplident = 'n'
                 OR (c.relreplident = 'd' AND NOT EXISTS (SELECT 1 FROM pg_index i
                       WHERE i.indrelid = c.oid AND i.indisprimary AND i.indimmediate
                         AND i.indisvalid))
                 OR (c.relreplident = 'i' AND NOT EXISTS (SELECT 1 FROM pg_index i
                       WHERE i.indrelid = c.oid AND i.indisreplident AND i.indisvalid)))
             ORDER BY 1\
            """;

    private static final String FULL =
            """
            SELECT format('%I.%I', n.nspname, c.relname),
                   coalesce(string_agg(format('%I', a.attname) || ' ' || a.atttypid::regtype, ', ')
                     FILTER (WHERE NOT EXISTS (SELECT 1 FROM pg_opclass o
                       JOIN pg_am m ON m.oid = o.opcmethod
                      WHERE m.amname IN ('btree', 'hash') AND o.opcdefault
                        AND (o.opcintype = a.atttypid OR t.typtype IN ('e', 'r', 'm', 'c', 'd')
                          OR t.typcategory = 'A'
                          OR EXISTS (SELECT 1 FROM pg_cast k WHERE k.castsource = a.atttypid
                              AND k.casttarget = o.opcintype AND k.castmethod = 'b')))), '')
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              JOIN pg_type t ON t.oid = a.atttypid
             WHERE c.relreplident = 'f' AND %s GROUP BY 1 ORDER BY 1\
            """;

    private TableChecks() {}

    static List<Looking> all() {
        return List.of(
                Looking.source(ID, TableChecks::identity),
                Looking.source("replica-identity-full", TableChecks::full),
                Looking.source("not-carried", TableChecks::notCarried),
                Looking.source(LARGE_OBJECTS, TableChecks::largeObjects),
                Looking.source("generated-identity", TableChecks::generated),
                Looking.source("row-security", TableChecks::rowSecurity),
                Looking.source("sequences", TableChecks::sequences));
    }

    private record Bare(String table, long changed, String index, boolean deferrable) {}

    private static void identity(Subject subject, Findings rows) throws SQLException {
        var bare =
                subject.source()
                        .call(
                                connection ->
                                        Sql.list(
                                                connection,
                                                WITHOUT_IDENTITY.replace(
                                                        "%s", UserTables.CONDITION),
                                                row ->
                                                        new Bare(
                                                                row.getString(1),
                                                                row.getLong(2),
                                                                row.getString(3),
                                                                row.getBoolean(4))));
        if (bare.isEmpty()) {
            rows.pass(ID, subject.source(), "every table has a replica identity");
        }
        for (var table : bare) {
            rows.each(List.of(table.table()), ID, subject.source(), "", _ -> row(subject, table));
        }
    }

    private static Check row(Subject subject, Bare table) {
        var fails = table.changed() > 0;
        var finding =
                table.table()
                        + (table.deferrable()
                                ? " has only a deferrable primary key, which is no replica identity"
                                : " has no replica identity")
                        + (fails
                                ? "; it was updated or deleted from "
                                        + table.changed()
                                        + " times, and every further UPDATE or DELETE would fail"
                                        + " once it is published"
                                : "; it has only been inserted into, an UPDATE or DELETE would"
                                        + " fail");
        var mend =
                "ALTER TABLE "
                        + table.table()
                        + (table.index().isEmpty()
                                ? " ADD PRIMARY KEY (...) -- or REPLICA IDENTITY FULL, if it is"
                                        + " small"
                                : " REPLICA IDENTITY USING INDEX " + table.index());
        return new Check(
                ID,
                subject.source().name(),
                table.table(),
                fails ? Verdict.FAIL : Verdict.WARN,
                finding,
                mend,
                fails ? Blocks.MIGRATE : Blocks.NONE,
                fails);
    }

    private static void full(Subject subject, Findings rows) throws SQLException {
        record Full(String table, String withoutEquality) {}
        var tables =
                subject.source()
                        .call(
                                connection ->
                                        Sql.list(
                                                connection,
                                                FULL.replace("%s", UserTables.CONDITION),
                                                row ->
                                                        new Full(
                                                                row.getString(1),
                                                                row.getString(2))));
        for (var table : tables) {
            if (!table.withoutEquality().isEmpty()) {
                rows.unsafe(
                        "replica-identity-full",
                        subject.source(),
                        table.table()
                                + " is compared whole, but has columns that cannot be compared: "
                                + table.withoutEquality(),
                        "ALTER TABLE "
                                + table.table()
                                + " ADD PRIMARY KEY (...), REPLICA IDENTITY"
                                + " DEFAULT");
            } else {
                rows.warn(
                        "replica-identity-full",
                        subject.source(),
                        table.table() + " is compared whole: slow when it is large",
                        "A primary key makes it fast.");
            }
        }
    }

    private static void notCarried(Subject subject, Findings rows) throws SQLException {
        var found =
                subject.source()
                        .call(
                                connection ->
                                        Sql.texts(
                                                connection,
                                                """
                                                SELECT CASE WHEN relpersistence = 'u' THEN 'unlogged '
                                                       WHEN relkind = 'f' THEN 'foreign '
                                                       ELSE 'materialized view ' END
                                                       || format('%I.%I', n.nspname, c.relname)
                                                  FROM pg_class c
                                                  JOIN pg_namespace n ON n.oid = c.relnamespace
                                                 WHERE ((relkind IN ('r', 'p') AND relpersistence = 'u')
                                                    OR relkind IN ('f', 'm')) AND n.nspname !~ '^pg_'
                                                   AND n.nspname <> 'information_schema' ORDER BY 1\
                                                """));
        if (found.isEmpty()) {
            rows.pass("not-carried", subject.source(), "nothing that replication leaves out");
        } else {
            rows.warn(
                    "not-carried",
                    subject.source(),
                    "the rows are not carried of " + Findings.named("relations", found),
                    "Fill them on the target yourself: REFRESH MATERIALIZED VIEW, or a copy.");
        }
    }

    private static void largeObjects(Subject subject, Findings rows) throws SQLException {
        var count =
                subject.source()
                        .call(
                                connection ->
                                        Sql.one(
                                                connection,
                                                "SELECT count(*) FROM pg_largeobject_metadata",
                                                row -> row.getLong(1)));
        if (count == 0) {
            rows.pass(LARGE_OBJECTS, subject.source(), "no large objects");
        } else {
            rows.fail(
                    LARGE_OBJECTS,
                    subject.source(),
                    count + " large objects are not carried by replication",
                    "Move them into bytea columns, or copy them yourself and accept this check.");
        }
    }

    private static void generated(Subject subject, Findings rows) throws SQLException {
        var found =
                subject.source()
                        .call(
                                connection ->
                                        Sql.texts(
                                                connection,
                                                """
                                                SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname)
                                                  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                                                  JOIN pg_namespace n ON n.oid = c.relnamespace
                                                 WHERE a.attgenerated <> '' AND c.oid >= 16384
                                                   AND EXISTS (SELECT 1 FROM pg_index i
                                                     WHERE i.indrelid = a.attrelid
                                                       AND (i.indisreplident OR i.indisprimary)
                                                       AND a.attnum = ANY(i.indkey::int2[]))\
                                                """));
        if (!found.isEmpty()) {
            rows.fail(
                    "generated-identity",
                    subject.source(),
                    "generated columns in the replica identity: "
                            + Findings.named("columns", found),
                    "Choose another unique index: ALTER TABLE … REPLICA IDENTITY USING INDEX …");
        }
    }

    /// A role that row security binds would copy only the rows it sees, without a word.
    private static void rowSecurity(Subject subject, Findings rows) throws SQLException {
        for (var cluster : subject.both()) {
            var tables =
                    cluster.call(
                            connection ->
                                    Sql.texts(
                                            connection,
                                            """
                                            SELECT oid::regclass FROM pg_class
                                             WHERE relrowsecurity AND row_security_active(oid)
                                               AND oid >= 16384 ORDER BY 1\
                                            """));
            var rights = subject.facts(cluster).rights();
            if (tables.isEmpty() || rights.passesRowSecurity()) {
                rows.pass("row-security", cluster, "hides no row from " + rights.user());
            } else {
                rows.unsafe(
                        "row-security",
                        cluster,
                        rights.user()
                                + " sees only some rows of "
                                + Findings.named("tables", tables),
                        Platform.of(subject.facts(cluster)).allRows(Sql.identifier(rights.user())));
            }
        }
    }

    private static void sequences(Subject subject, Findings rows) throws SQLException {
        var cycling =
                subject.source()
                        .call(
                                connection ->
                                        Sql.texts(
                                                connection,
                                                """
                                                SELECT seqrelid::regclass FROM pg_sequence
                                                 WHERE seqcycle ORDER BY 1\
                                                """));
        if (!cycling.isEmpty()) {
            rows.warn(
                    "sequences",
                    subject.source(),
                    Findings.named("sequences begin again at their end", cycling),
                    "");
        } else {
            rows.pass("sequences", subject.source(), "are carried exactly at a cutover");
        }
    }
}
