package dev.pointsman.core.migration.schema;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.OurSchema;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Brings the source's schema to an empty target: dumped by `pg_dump`, carried out over our own
/// connection in one transaction, so that it is there whole or not at all.
public final class SchemaCopy {
    private static final Pattern SETTING = Pattern.compile("SET (\\w+) = .*", Pattern.DOTALL);

    /// Before 15 the first superuser owns the schema public by default; nobody else could give it
    /// away. The target's keeps its own default owner.
    private static final String FIRST_SUPERUSERS_PUBLIC =
            """
            SELECT format('ALTER SCHEMA public OWNER TO %I', pg_get_userbyid(nspowner))
              FROM pg_namespace WHERE nspname = 'public' AND nspowner = 10\
            """;

    private static final Pattern OF_SCHEMA = Pattern.compile("(CREATE|ALTER) SCHEMA ");
    private static final Pattern GRANT = Pattern.compile("GRANT [A-Z, ]+ ON SCHEMA ");
    private static final String UNDEFINED_OBJECT = "42704";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private SchemaCopy() {}

    /// Whether the target has no table of users, so that the schema is for us to bring.
    public static boolean isNeeded(Connection target) throws SQLException {
        return UserTables.names(target).isEmpty();
    }

    /// Whether an abort has not been here yet, which takes the notes of [#run] away last.
    public static boolean isNoted(Connection target) throws SQLException {
        return CopiedObjects.isListed(target);
    }

    /// Whether an earlier [#run] made the target's schema.
    public static boolean wasDone(Connection target) throws SQLException {
        return CopiedObjects.any(target);
    }

    /// Copies. The target's `pointsman` schema must be there; it remembers what was brought.
    ///
    /// @throws SQLException naming the statement that the target refused
    public static void run(PgDump program, Cluster source, Cluster target)
            throws SQLException, IOException, InterruptedException {
        var script = script(program, source);
        try (var connection = target.dedicated()) {
            OurSchema.inTransaction(
                    connection,
                    () -> {
                        CopiedObjects.noteFound(connection);
                        carryOut(connection, script);
                        Sql.run(connection, "SET LOCAL search_path = pg_catalog");
                        CopiedObjects.noteCopied(connection);
                    });
        }
    }

    /// Carries the schema out and rolls it back, to see whether the target takes it. Locks nothing
    /// on the target that anyone uses; the source's tables are locked as `pg_dump` does.
    ///
    /// @throws SQLException naming the statement that the target refused
    public static void rehearse(PgDump program, Cluster source, Cluster target)
            throws SQLException, IOException, InterruptedException {
        var script = script(program, source);
        try (var connection = target.dedicated()) {
            connection.setAutoCommit(false);
            try {
                carryOut(connection, script);
            } finally {
                connection.rollback();
            }
        }
    }

    private static List<String> script(PgDump program, Cluster source)
            throws SQLException, IOException, InterruptedException {
        var script = new ArrayList<>(statements(program.schema(source.server())));
        script.removeAll(source.call(connection -> Sql.texts(connection, FIRST_SUPERUSERS_PUBLIC)));
        return script;
    }

    private static List<String> forTarget(List<String> script, Connection target)
            throws SQLException {
        var known = Set.copyOf(Sql.texts(target, "SELECT name FROM pg_settings"));
        return grantedBeforeUse(script).stream()
                .filter(statement -> isKnown(statement, known))
                .toList();
    }

    /// With the rights on schemas also granted right behind the last one that is made. pg_dump
    /// grants them at its end, where a superuser's run has no need of them; but a table can be
    /// given only to an owner who may create in its schema. What stands at the end stays the last
    /// word.
    static List<String> grantedBeforeUse(List<String> script) {
        int made = 0;
        var grants = new ArrayList<String>();
        for (int i = 0; i < script.size(); i++) {
            if (OF_SCHEMA.matcher(script.get(i)).lookingAt()) {
                made = i + 1;
            } else if (GRANT.matcher(script.get(i)).lookingAt()
                    && !script.get(Math.max(i - 1, 0)).startsWith("SET SESSION AUTHORIZATION")) {
                grants.add(script.get(i));
            }
        }
        var all = new ArrayList<>(script.subList(0, made));
        all.addAll(grants);
        all.addAll(script.subList(made, script.size()));
        return all;
    }

    /// The dump's statements; its two lines for psql are left out.
    static List<String> statements(String dump) {
        var script = new StringBuilder();
        dump.lines()
                .filter(
                        line ->
                                !line.startsWith("\\restrict ")
                                        && !line.startsWith("\\unrestrict "))
                .forEach(line -> script.append(line).append('\n'));
        return Statements.of(script.toString());
    }

    /// A newer pg_dump sets parameters that an older target does not have. It sets time limits
    /// aside as well: ours stay, else whoever holds a lock on the target would hold us for ever.
    private static boolean isKnown(String statement, Set<String> settings) {
        var setting = SETTING.matcher(statement);
        return !setting.matches()
                || (settings.contains(setting.group(1)) && !setting.group(1).endsWith("_timeout"));
    }

    private static void carryOut(Connection connection, List<String> script) throws SQLException {
        for (var statement : forTarget(script, connection)) {
            carryOut(connection, statement);
        }
    }

    private static void carryOut(Connection connection, String statement) throws SQLException {
        if (statement.matches("CREATE SCHEMA public")) {
            return; // every database has it
        }
        try {
            Sql.run(connection, statement);
        } catch (SQLException e) {
            throw new SQLException(
                    "schema copy: "
                            + e.getMessage()
                            + hint(e, statement)
                            + "; the statement was: "
                            + statement,
                    e.getSQLState());
        }
    }

    private static String hint(SQLException e, String statement) {
        if (UNDEFINED_OBJECT.equals(e.getSQLState())) {
            return " (roles are not copied: make them on the target first)";
        }
        if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
            return "";
        }
        return statement.contains(" OWNER TO ")
                ? " (the control role must be a member of the owner, and the owner must have CREATE"
                        + " on the schema)"
                : " (carry out on the target what `pointsman grants` prints for it)";
    }

    /// Takes away what [#run] brought, in one transaction.
    public static void undo(Connection connection) throws SQLException {
        OurSchema.inTransaction(
                connection,
                () -> {
                    for (var statement : CopiedObjects.undo(connection)) {
                        Sql.run(connection, statement);
                    }
                    for (var statement : CopiedObjects.undoPublic(connection)) {
                        Sql.run(connection, statement);
                    }
                });
    }
}
