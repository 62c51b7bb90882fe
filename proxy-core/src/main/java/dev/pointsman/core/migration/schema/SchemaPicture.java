package dev.pointsman.core.migration.schema;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.OurSchema;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What clients can name on one server, in words that are the same on every major: two questions,
/// however many tables there are. Neither temporary objects nor those of extensions, nor ours.
///
/// @param relations tables, views and composite types, by schema and name, quoted where they must
///   be
/// @param named functions by the types of what goes in, types and extensions; with an enum's labels
record SchemaPicture(Map<String, Relation> relations, Map<String, List<String>> named) {
    /// What a permanent table that is not partitioned is called.
    static final String TABLE = "table";

    static final String EXTENSION = "extension";

    /// One of them.
    ///
    /// @param kind what it is called
    /// @param columns their types by their names
    /// @param parents what it is a partition or a child of, with its bounds
    /// @param unique the columns of each unique index
    /// @param loose constraints and defaults
    record Relation(
            String kind,
            Map<String, String> columns,
            List<String> parents,
            List<String> unique,
            List<String> loose) {
        boolean isTable() {
            return kind.equals(TABLE);
        }
    }

    /// Bounds are printed without their table, which would have to be locked for it.
    ///
    /// A view's columns have the types that its server's functions give them, an identity is a
    /// partition's own since version 17, and constraints that come from a partitioned table have
    /// names that a server makes up.
    private static final String RELATIONS =
            """
            SELECT format('%I.%I', n.nspname, c.relname) AS name,
              CASE c.relkind WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'type'
                ELSE CASE c.relpersistence WHEN 'u' THEN 'unlogged table' ELSE 'table' END END AS kind,
              ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid
                       AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns,
              ARRAY(SELECT CASE WHEN c.relkind IN ('v', 'm') THEN '' ELSE
                           format_type(a.atttypid, a.atttypmod) || ':' || a.attnotnull || ':'
                           || a.attgenerated::text END FROM pg_attribute a
                     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                     ORDER BY a.attnum) AS prints,
              ARRAY(SELECT format('%I.%I', pn.nspname, p.relname)
                      FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent
                      JOIN pg_namespace pn ON pn.oid = p.relnamespace
                     WHERE h.inhrelid = c.oid ORDER BY 1) AS parents,
              coalesce(' ' || pg_get_expr(c.relpartbound, 0), '') AS bounds,
              ARRAY(SELECT CASE WHEN i.indpred IS NULL AND i.indexprs IS NULL THEN
                             (SELECT string_agg(a.attname, ', ' ORDER BY a.attname)
                                FROM pg_attribute a WHERE a.attrelid = c.oid
                                 AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
                           ELSE 'an expression or under a condition, number ' || row_number() OVER
                             (PARTITION BY i.indpred IS NULL AND i.indexprs IS NULL) END
                      FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid
                       AND c.relkind IN ('r', 'p') ORDER BY 1) AS uniques,
              ARRAY(SELECT 'constraint ' || k.conname FROM pg_constraint k
                     WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f', 'x') AND k.conparentid = 0
                    UNION ALL
                    SELECT 'default of ' || a.attname FROM pg_attribute a
                     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                       AND c.relkind IN ('r', 'p', 'f')
                       AND (a.atthasdef AND a.attgenerated = ''
                            OR a.attidentity <> '' AND NOT c.relispartition)
                     ORDER BY 1) AS loose
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND c.relpersistence <> 't'
               AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_type'::regclass
                                  AND x.objid = c.reltype AND x.deptype = 'e') AND OBJECTS\
            """;

    /// Without what comes with something else, such as arrays, multiranges and their functions.
    private static final String NAMED =
            """
            SELECT CASE p.prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate '
                     ELSE 'function ' END
                   || format('%I.%I', n.nspname, p.proname) || '(' || oidvectortypes(p.proargtypes) || ')',
                   '{}'::text[]
              FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
             WHERE NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_proc'::regclass
                                  AND x.objid = p.oid AND x.deptype IN ('e', 'i')) AND SCHEMAS
            UNION ALL
            SELECT 'type ' || format('%I.%I', n.nspname, t.typname),
                   ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid
                          ORDER BY e.enumsortorder)
              FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
             WHERE t.typtype IN ('b', 'd', 'e', 'r') AND t.typisdefined
               AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_type'::regclass
                                  AND x.objid = t.oid AND x.deptype IN ('e', 'i')) AND SCHEMAS
            UNION ALL
            SELECT 'extension ' || extname, '{}' FROM pg_extension\
            """;

    /// Asks with nothing in reach of names but the catalogs, so that all else is qualified, and
    /// with one way to write values.
    static SchemaPicture of(Cluster on) throws SQLException {
        return on.call(connection -> OurSchema.inTransaction(connection, SchemaPicture::taken));
    }

    private static SchemaPicture taken(Connection connection) throws SQLException {
        Sql.run(connection, "SET LOCAL search_path = pg_catalog");
        Sql.run(connection, "SET LOCAL intervalstyle = postgres");
        Sql.run(connection, "SET LOCAL bytea_output = hex");
        Sql.run(connection, "SET LOCAL timezone = 'UTC'");
        Sql.run(connection, "SET LOCAL lc_monetary = 'C'");
        var relations =
                Sql.map(
                        connection,
                        RELATIONS.replace("OBJECTS", UserTables.OBJECTS),
                        row -> UserTables.plain(row.getString("name")),
                        SchemaPicture::relation);
        var named =
                Sql.map(
                        connection,
                        NAMED.replace("SCHEMAS", UserTables.SCHEMAS),
                        row -> UserTables.plain(row.getString(1)),
                        row -> Sql.strings(row, 2));
        return new SchemaPicture(new TreeMap<>(relations), new TreeMap<>(named));
    }

    private static Relation relation(ResultSet row) throws SQLException {
        var names = Sql.strings(row, "columns");
        var prints = Sql.strings(row, "prints");
        var bounds = row.getString("bounds");
        var columns = new LinkedHashMap<String, String>();
        for (int i = 0; i < names.size(); i++) {
            columns.put(names.get(i), UserTables.plain(prints.get(i)));
        }
        return new Relation(
                row.getString("kind"),
                columns,
                Sql.strings(row, "parents").stream()
                        .map(parent -> UserTables.plain(parent) + bounds)
                        .toList(),
                Sql.strings(row, "uniques"),
                Sql.strings(row, "loose"));
    }
}
