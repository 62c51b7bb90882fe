package dev.pointsman.core.migration.run;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.MigrationState;
import dev.pointsman.core.migration.OurSchema;
import dev.pointsman.core.migration.ReplicationNames;
import dev.pointsman.core.migration.schema.PgDump;
import dev.pointsman.core.migration.schema.SchemaCopy;
import dev.pointsman.core.migration.schema.UserTables;
import dev.pointsman.core.migration.setup.PeerAddress;
import dev.pointsman.core.migration.setup.Publications;
import dev.pointsman.core.migration.setup.Slots;
import dev.pointsman.core.migration.setup.Subscriptions;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// How a migration comes to be known: by its first rows, and by the rows of an earlier process.
public final class Opening {
    private Opening() {}

    /// Whether a migration may begin, as far as the preflight tells.
    ///
    /// @throws Refused naming every row that stops it and is not accepted
    public static void requireAllowed(
            String database, String target, List<Check> checks, Set<String> accepted)
            throws Refused {
        var bad =
                checks.stream()
                        .filter(check -> check.stops(Check.Blocks.MIGRATE, accepted))
                        .toList();
        if (!bad.isEmpty()) {
            throw refusal(database, target, bad);
        }
    }

    private static Refused refusal(String database, String target, List<Check> bad) {
        var detail =
                bad.stream()
                        .map(check -> check.id() + " (" + check.server() + "): " + check.finding())
                        .collect(Collectors.joining("\n"));
        var hint =
                bad.stream()
                        .map(Check::mend)
                        .filter(mend -> !mend.isEmpty())
                        .collect(Collectors.joining("\n"));
        var message =
                "migration of "
                        + database
                        + " to "
                        + target
                        + " is refused: "
                        + bad.getFirst().finding()
                        + (bad.size() > 1 ? " (and " + (bad.size() - 1) + " more)" : "");
        return new Refused(
                ErrorReport.error(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, message)
                        .withDetail(detail)
                        .withHint(hint));
    }

    /// Makes our schema on both servers and writes the first row.
    ///
    /// @param back whether a way back is to be made
    public static MigrationRow open(Clusters clusters, Cluster source, Cluster target, boolean back)
            throws SQLException {
        var number = 1 + Math.max(source.call(Opening::number), target.call(Opening::number));
        var row =
                new MigrationRow(
                        source.name(),
                        target.name(),
                        number,
                        List.of(),
                        MigrationState.PREPARING,
                        "",
                        back);
        for (var cluster : List.of(target, source)) {
            cluster.call(
                    connection -> {
                        OurSchema.create(connection);
                        row.write(connection, clusters.instance());
                        return true;
                    });
        }
        return row;
    }

    private static int number(Connection connection) throws SQLException {
        return MigrationRow.read(connection).map(MigrationRow::number).orElse(0);
    }

    /// The open migration that one of the database's servers tells of, the newest if there are
    /// more.
    ///
    /// @throws Refused when a server cannot be asked and no other tells of one
    public static Optional<MigrationRow> find(Clusters clusters, String database) throws Refused {
        var settings = clusters.databases().get(database);
        if (settings == null) {
            return Optional.empty();
        }
        Optional<MigrationRow> newest = Optional.empty();
        Optional<Refused> silent = Optional.empty();
        for (var server : settings.servers().keySet()) {
            var cluster = clusters.of(database, server);
            try {
                var row = cluster.call(MigrationRow::read);
                if (row.isPresent() && newer(row.get(), newest)) {
                    newest = row;
                }
            } catch (SQLException e) {
                silent = Optional.of(cluster.refusal(e));
            }
        }
        var found = newest.filter(MigrationRow::isOpen);
        if (newest.isEmpty() && silent.isPresent()) {
            throw silent.get();
        }
        return found.filter(
                row ->
                        settings.servers().containsKey(row.source())
                                && settings.servers().containsKey(row.target()));
    }

    /// Of two rows of one migration, the one that got further.
    private static boolean newer(MigrationRow row, Optional<MigrationRow> than) {
        return than.isEmpty()
                || row.number() > than.get().number()
                || (row.number() == than.get().number()
                        && row.state().compareTo(than.get().state()) > 0);
    }

    /// Whether a fence may be up, as far as the server can be asked.
    public static boolean isFenced(Cluster cluster) {
        try {
            return cluster.call(OurSchema::isFenced);
        } catch (SQLException _) {
            return false;
        }
    }

    /// What a migration would do, in order, as SQL and commands without passwords.
    public static List<String> plan(Cluster source, Cluster target) throws SQLException {
        var number = 1 + Math.max(source.call(Opening::number), target.call(Opening::number));
        var names = new ReplicationNames(source.database().name(), number);
        var tables = source.call(UserTables::names);
        var sourceMajor = source.facts().major();
        var targetMajor = target.facts().major();
        var plan = new ArrayList<String>();
        plan.add("-- on " + source.name() + " and " + target.name());
        plan.addAll(OurSchema.ddl());
        if (target.call(SchemaCopy::isNeeded)) {
            plan.add("-- the schema, carried out on " + target.name() + " in one transaction");
            plan.add(
                    PgDump.find()
                            .map(dump -> String.join(" ", dump.command(source.server())))
                            .orElse("-- pg_dump is not on the PATH"));
        }
        plan.add("-- on " + source.name());
        plan.add(Publications.sql(names, Direction.FORWARD, tables));
        plan.add(slot(names.slot(Direction.FORWARD), Slots.PGOUTPUT));
        plan.add("-- on " + target.name());
        plan.add(
                Subscriptions.sql(
                        names,
                        Direction.FORWARD,
                        new PeerAddress(source.server()).withoutPassword(),
                        Subscriptions.Options.copying(sourceMajor, targetMajor)));
        plan.add("-- once every table is copied: ANALYZE, sequences, and the way back");
        plan.add(Publications.sql(names, Direction.BACK, tables));
        plan.add(slot(names.slot(Direction.BACK), Slots.PGOUTPUT));
        plan.add(slot(names.canary(Direction.BACK), Slots.TEST_DECODING));
        plan.add("-- on " + source.name());
        plan.add(
                Subscriptions.sql(
                        names,
                        Direction.BACK,
                        new PeerAddress(target.server()).withoutPassword(),
                        Subscriptions.Options.waiting(targetMajor, sourceMajor)));
        plan.add(slot(names.canary(Direction.FORWARD), Slots.TEST_DECODING));
        return plan;
    }

    private static String slot(String name, String plugin) {
        return "SELECT pg_create_logical_replication_slot('" + name + "', '" + plugin + "')";
    }
}
