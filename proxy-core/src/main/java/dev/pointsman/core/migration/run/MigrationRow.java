package dev.pointsman.core.migration.run;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.MigrationState;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A migration as its record in a server says. Both servers carry the same row.
///
/// @param state what was written last; what the servers show now may have moved on
/// @param tables qualified and quoted; empty until they are published
/// @param message what went wrong; empty when nothing did
/// @param back whether a way back is made
public record MigrationRow(
        String source,
        String target,
        int number,
        List<String> tables,
        MigrationState state,
        String message,
        boolean back) {
    private static final int VERSION = 1;

    public MigrationRow {
        tables = List.copyOf(tables);
    }

    /// The same migration elsewhere on its way.
    public MigrationRow in(MigrationState next, String why) {
        return new MigrationRow(source, target, number, tables, next, why, back);
    }

    /// The same migration with its tables known.
    public MigrationRow of(List<String> known) {
        return new MigrationRow(source, target, number, known, state, message, back);
    }

    /// Whether there is something to watch, undo or finish.
    public boolean isOpen() {
        return switch (state) {
            case NONE, COMPLETED -> false;
            case PREPARING, COPYING, READY, SWITCHED, VERIFYING, ABORTING, FAILED -> true;
        };
    }

    /// The row in this server, if it has one.
    public static Optional<MigrationRow> read(Connection connection) throws SQLException {
        if (!Sql.is(connection, "SELECT to_regclass('pointsman.migration') IS NOT NULL")) {
            return Optional.empty();
        }
        return Sql.list(
                        connection,
                        """
                        SELECT source, target, number, tables, state, message, back
                          FROM pointsman.migration WHERE id = 1\
                        """,
                        MigrationRow::of)
                .stream()
                .findFirst();
    }

    private static MigrationRow of(ResultSet row) throws SQLException {
        return new MigrationRow(
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                Sql.strings(row, 4),
                MigrationState.valueOf(row.getString(5).toUpperCase(Locale.ROOT)),
                row.getString(6),
                row.getBoolean(7));
    }

    /// Writes the row, over the one that is there.
    void write(Connection connection, String instance) throws SQLException {
        Sql.run(
                connection,
                """
                INSERT INTO pointsman.migration
                VALUES (1, ?, ?, ?, ?, ?, ?, ?, clock_timestamp(), ?, clock_timestamp(), ?)
                ON CONFLICT (id) DO UPDATE SET version = excluded.version,
                  source = excluded.source, target = excluded.target, number = excluded.number,
                  tables = excluded.tables, state = excluded.state, instance = excluded.instance,
                  at = excluded.at, message = excluded.message, back = excluded.back,
                  begun = CASE WHEN migration.number = excluded.number THEN migration.begun
                               ELSE clock_timestamp() END\
                """,
                VERSION,
                source,
                target,
                number,
                tables.toArray(String[]::new),
                state.word(),
                instance,
                message,
                back);
    }
}
