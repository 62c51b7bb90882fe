package dev.pointsman.core.migration.schema;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What roles may do with tables, sequences and schemas on one server and not on another, whoever
/// gave them the right: themselves, a role that they belong to, or everybody. Only of roles and
/// objects that are on both; rights on single columns are not compared.
public final class MissingRights {
    /// Rights by role and object, the roles' own check sums first: those are all that is asked for
    /// where nothing differs, however many tables there are.
    private static final String HELD =
            """
            WITH o AS MATERIALIZED (
              SELECT c.oid, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
                     format('%I.%I', n.nspname, c.relname) AS name
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
                 AND OBJECTS
              UNION ALL
              SELECT n.oid, 'SCHEMA', format('%I', n.nspname) FROM pg_namespace n WHERE SCHEMAS),
            held AS (
              SELECT r.rolname, o.kind, o.name, array_remove(CASE o.kind
                WHEN 'SCHEMA' THEN ARRAY[
                  CASE WHEN has_schema_privilege(r.oid, o.oid, 'USAGE') THEN 'USAGE' END]
                WHEN 'SEQUENCE' THEN ARRAY[
                  CASE WHEN has_sequence_privilege(r.oid, o.oid, 'USAGE') THEN 'USAGE' END,
                  CASE WHEN has_sequence_privilege(r.oid, o.oid, 'SELECT') THEN 'SELECT' END,
                  CASE WHEN has_sequence_privilege(r.oid, o.oid, 'UPDATE') THEN 'UPDATE' END]
                ELSE ARRAY[
                  CASE WHEN has_table_privilege(r.oid, o.oid, 'SELECT') THEN 'SELECT' END,
                  CASE WHEN has_table_privilege(r.oid, o.oid, 'INSERT') THEN 'INSERT' END,
                  CASE WHEN has_table_privilege(r.oid, o.oid, 'UPDATE') THEN 'UPDATE' END,
                  CASE WHEN has_table_privilege(r.oid, o.oid, 'DELETE') THEN 'DELETE' END,
                  CASE WHEN has_table_privilege(r.oid, o.oid, 'TRUNCATE') THEN 'TRUNCATE' END]
                END, NULL) AS rights
                FROM o CROSS JOIN pg_roles r WHERE r.rolname = ANY (?::text[]))\
            """
                    .replace("OBJECTS", UserTables.OBJECTS)
                    .replace("SCHEMAS", UserTables.SCHEMAS);

    private static final String SUMS =
            HELD
                    + " SELECT rolname, md5(string_agg(concat_ws(' ', kind, name, rights),"
                    + " ',' ORDER BY kind, name COLLATE \"C\")) FROM held GROUP BY 1";
    private static final String EACH = HELD + " SELECT rolname, kind, name, rights FROM held";

    private static final int OBJECTS_SHOWN = 20;

    /// One kind of gap: the same rights of the same role.
    private record Gap(String role, String kind, List<String> rights) {}

    private record Held(String role, String kind, String name) {}

    private final Map<Gap, List<String>> gaps = new HashMap<>();

    private MissingRights() {}

    /// What those of the roles hold on the source and not on the target.
    public static MissingRights between(Cluster source, Cluster target, Set<String> roles)
            throws SQLException {
        var missing = new MissingRights();
        var differing = sums(source, roles);
        var others = sums(target, roles);
        differing.keySet().retainAll(others.keySet());
        differing.entrySet().removeIf(one -> one.getValue().equals(others.get(one.getKey())));
        if (!differing.isEmpty()) {
            var there = held(target, differing.keySet());
            held(source, differing.keySet())
                    .forEach(
                            (what, rights) -> {
                                var found = there.get(what);
                                if (found != null) {
                                    missing.note(what, rights, found);
                                }
                            });
        }
        return missing;
    }

    private void note(Held what, List<String> rights, List<String> found) {
        var lacking = new ArrayList<>(rights);
        lacking.removeAll(found);
        if (!lacking.isEmpty()) {
            var gap = new Gap(what.role(), what.kind(), List.copyOf(lacking));
            gaps.computeIfAbsent(gap, _ -> new ArrayList<>()).add(what.name());
        }
    }

    private static Map<String, String> sums(Cluster on, Set<String> roles) throws SQLException {
        return on.call(
                connection ->
                        Sql.map(
                                connection,
                                SUMS,
                                row -> row.getString(1),
                                row -> row.getString(2),
                                names(roles)));
    }

    private static Map<Held, List<String>> held(Cluster on, Set<String> roles) throws SQLException {
        return on.call(
                connection ->
                        Sql.map(
                                connection,
                                EACH,
                                row ->
                                        new Held(
                                                row.getString(1),
                                                row.getString(2),
                                                row.getString(3)),
                                row -> Sql.strings(row, 4),
                                names(roles)));
    }

    private static Object names(Set<String> roles) {
        return roles.toArray(String[]::new);
    }

    /// Role, right and object of each, in order.
    public List<String> words() {
        var words = new ArrayList<String>();
        gaps.forEach(
                (gap, names) ->
                        names.forEach(
                                name ->
                                        words.add(
                                                "%s has no %s on %s %s"
                                                        .formatted(
                                                                gap.role(),
                                                                String.join(", ", gap.rights()),
                                                                gap.kind().toLowerCase(Locale.ROOT),
                                                                name))));
        words.sort(null);
        return words;
    }

    /// The statements that give them, for the first objects of each kind.
    public String grants() {
        var grants = new TreeMap<String, String>();
        gaps.forEach(
                (gap, names) -> {
                    names.sort(null);
                    var shown = names.subList(0, Math.min(OBJECTS_SHOWN, names.size()));
                    var more = names.size() - shown.size();
                    var grant =
                            "GRANT %s ON %s %s TO %s"
                                    .formatted(
                                            String.join(", ", gap.rights()),
                                            gap.kind(),
                                            String.join(", ", shown),
                                            Sql.identifier(gap.role()));
                    grants.put(grant, more == 0 ? "" : " (and " + more + " more likewise)");
                });
        var all = new ArrayList<String>();
        grants.forEach((grant, more) -> all.add(grant + more));
        return String.join("; ", all);
    }
}
