package dev.pointsman.core.migration.schema;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.OurSchema;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Brings the source's schema to an empty target: dumped by `pg_dump`, carried out over our own
/// connection in one transaction, so that it is there whole or not at all.
public final class SchemaCopy {
    private static final Pattern SETTING = Pattern.compile("SET (\\w+) = .*", Pattern.DOTALL);
    private static final String UNDEFINED_OBJECT = "42704";

    private SchemaCopy() {}

    /// Whether the target has no table of users, so that the schema is for us to bring.
    public static boolean isNeeded(Connection target) throws SQLException {
        return UserTables.names(target).isEmpty();
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
        var statements = statements(program.schema(source.server()));
        try (var connection = target.dedicated()) {
            var known = Set.copyOf(Sql.texts(connection, "SELECT name FROM pg_settings"));
            OurSchema.inTransaction(
                    connection,
                    () -> {
                        CopiedObjects.noteFound(connection);
                        for (var statement : statements) {
                            if (isKnown(statement, known)) {
                                carryOut(connection, statement);
                            }
                        }
                        Sql.run(connection, "SET LOCAL search_path = pg_catalog");
                        CopiedObjects.noteCopied(connection);
                    });
        }
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

    /// A newer pg_dump sets parameters that an older target does not have.
    private static boolean isKnown(String statement, Set<String> settings) {
        var setting = SETTING.matcher(statement);
        return !setting.matches() || settings.contains(setting.group(1));
    }

    private static void carryOut(Connection connection, String statement) throws SQLException {
        if (statement.matches("CREATE SCHEMA public")) {
            return; // every database has it
        }
        try {
            Sql.run(connection, statement);
        } catch (SQLException e) {
            var hint =
                    UNDEFINED_OBJECT.equals(e.getSQLState())
                            ? " (roles are not copied: make them on the target first)"
                            : "";
            throw new SQLException(
                    "schema copy: " + e.getMessage() + hint + "; the statement was: " + statement,
                    e.getSQLState());
        }
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
