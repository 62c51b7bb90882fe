package dev.pointsman.core.cutover.record;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cutover.journal.Line;
import dev.pointsman.core.migration.OurSchema;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;

/// The record table of one server, over a connection of the caller's. Blocks.
public final class Records {
    public static final int VERSION = 1;

    private static final String COLUMNS =
            "epoch, attempt, server, instance, kind, databases, source_lsn::text,"
                    + " target_lsn::text, fence";

    private Records() {}

    /// All rows for a database, dry ones included, lowest epoch first; none when there is no table.
    public static List<EpochRecord> read(Connection connection, String database)
            throws SQLException {
        if (!OurSchema.exists(connection)) {
            return List.of();
        }
        return Sql.list(
                connection,
                "SELECT "
                        + COLUMNS
                        + " FROM pointsman.record WHERE ? = ANY (databases) ORDER BY epoch",
                Records::row,
                database);
    }

    /// The other names under which this database was moved; none when there is no table.
    public static List<String> othersThan(Connection connection, String database)
            throws SQLException {
        if (!OurSchema.exists(connection)) {
            return List.of();
        }
        return Sql.texts(
                connection,
                "SELECT DISTINCT name FROM pointsman.record, unnest(databases) AS name"
                        + " WHERE NOT ? = ANY (databases) ORDER BY name",
                database);
    }

    private static EpochRecord row(ResultSet row) throws SQLException {
        return new EpochRecord(
                new EpochRecord.Turn(
                        row.getLong(1), row.getLong(2), row.getString(3), row.getString(4)),
                EpochRecord.Kind.of(row.getString(5)),
                Sql.strings(row, 6),
                new Line.Positions(
                        Objects.requireNonNullElse(row.getString(7), ""),
                        Objects.requireNonNullElse(row.getString(8), "")),
                row.getString(9));
    }

    /// Adds a row; one of the same epoch that says the same is left as it is, so that a repetition
    /// after a lost answer does no harm. An open one says the same only if it is of the same
    /// instance: two that count up from the same records take the same numbers.
    ///
    /// @throws Taken where any other row has that epoch
    public static void put(Connection connection, EpochRecord record) throws SQLException {
        var changed =
                Sql.run(
                        connection,
                        """
                        INSERT INTO pointsman.record AS r (epoch, version, attempt, databases, server,
                               kind, source_lsn, target_lsn, fence, instance)
                        VALUES (?, ?, ?, ?, ?, ?, nullif(?, '')::pg_lsn, nullif(?, '')::pg_lsn, ?, ?)
                        ON CONFLICT (epoch) DO UPDATE SET epoch = excluded.epoch
                         WHERE r.attempt = excluded.attempt AND r.server = excluded.server
                           AND r.kind = excluded.kind
                           AND (r.kind <> 'open' OR r.instance = excluded.instance)\
                        """,
                        record.epoch(),
                        VERSION,
                        record.turn().attempt(),
                        record.databases().toArray(String[]::new),
                        record.server(),
                        record.kind().word(),
                        record.positions().source(),
                        record.positions().target(),
                        record.fence(),
                        record.turn().instance());
        if (changed != 1) {
            throw new Taken(turn(connection, record.epoch()));
        }
    }

    private static EpochRecord.Turn turn(Connection connection, long epoch) throws SQLException {
        return Sql.one(
                connection,
                "SELECT " + COLUMNS + " FROM pointsman.record WHERE epoch = ?",
                row -> row(row).turn(),
                epoch);
    }

    /// Makes sure that the row of the attempt which `undone` takes back is there, one epoch below.
    /// Waits for whoever is about to commit that row.
    public static void claim(Connection connection, EpochRecord undone, String target)
            throws SQLException {
        Sql.run(
                connection,
                """
                INSERT INTO pointsman.record (epoch, version, attempt, databases, server, kind,
                       instance)
                VALUES (?, ?, ?, ?, ?, 'open', ?) ON CONFLICT (epoch) DO NOTHING\
                """,
                undone.epoch() - 1,
                VERSION,
                undone.turn().attempt(),
                undone.databases().toArray(String[]::new),
                target,
                undone.turn().instance());
    }

    /// Turns the source's open row into the decision that the target carries.
    public static void tellSource(Connection connection, EpochRecord decided) throws SQLException {
        Sql.run(
                connection,
                """
                INSERT INTO pointsman.record AS r (epoch, version, attempt, databases, server,
                       kind, source_lsn, target_lsn, instance)
                VALUES (?, ?, ?, ?, ?, 'decided', nullif(?, '')::pg_lsn, nullif(?, '')::pg_lsn, ?)
                ON CONFLICT (epoch) DO UPDATE SET kind = 'decided', server = excluded.server,
                       source_lsn = excluded.source_lsn, target_lsn = excluded.target_lsn
                 WHERE r.kind = 'open'\
                """,
                decided.epoch(),
                VERSION,
                decided.turn().attempt(),
                decided.databases().toArray(String[]::new),
                decided.server(),
                decided.positions().source(),
                decided.positions().target(),
                decided.turn().instance());
    }

    /// Notes on the target that the source knows the outcome.
    public static void settle(Connection connection, long epoch) throws SQLException {
        Sql.run(
                connection,
                "UPDATE pointsman.record SET fence = ? WHERE epoch = ? AND kind = 'decided'"
                        + " AND fence = ''",
                EpochRecord.SETTLED,
                epoch);
    }

    /// Keeps the old values of a fence in a row that is there.
    public static void fenced(Connection connection, long epoch, String oldValues)
            throws SQLException {
        Sql.run(
                connection,
                "UPDATE pointsman.record SET fence = ? WHERE epoch = ?",
                oldValues,
                epoch);
    }

    /// Notes that the fence, whose old values this row kept, is lifted.
    public static void unfenced(Connection connection, long epoch) throws SQLException {
        Sql.run(connection, "UPDATE pointsman.record SET fence = '' WHERE epoch = ?", epoch);
    }
}
