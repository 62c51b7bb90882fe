package dev.pointsman.core.migration.setup;

import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.OurSchema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// The way back, made while nobody waits: publication and slot on the target, a subscription on the
/// source that stays disabled until somebody switches, and on both servers a slot that will show
/// writes past us.
public final class ReversePath {
    private ReversePath() {}

    /// Makes what is not there yet. Only once every table has been copied: its slots wait for every
    /// transaction of the target that holds a transaction id.
    ///
    /// @param sourceMajor the source's version, for the subscription's options
    public static void create(
            Pair pair, List<String> tables, int sourceMajor, int targetMajor, LongSql longSql)
            throws SQLException {
        var names = pair.names();
        pair.target().call(connection -> seedAndPublish(connection, pair, tables));
        pair.source()
                .call(
                        connection -> {
                            OurSchema.seed(connection, Direction.BACK);
                            return true;
                        });
        longSql.run(
                pair.target(),
                "the way back's slot",
                connection -> Slots.create(connection, names.slot(Direction.BACK), Slots.PGOUTPUT));
        longSql.run(
                pair.source(),
                "the way back's subscription",
                connection ->
                        Subscriptions.create(
                                connection,
                                names,
                                Direction.BACK,
                                pair.target().server(),
                                Subscriptions.Options.waiting(targetMajor, sourceMajor)));
        for (var direction : Direction.values()) {
            longSql.run(
                    pair.from(direction),
                    "the slot that shows writes past us",
                    connection ->
                            Slots.create(connection, names.canary(direction), Slots.TEST_DECODING));
        }
    }

    private static boolean seedAndPublish(Connection connection, Pair pair, List<String> tables)
            throws SQLException {
        OurSchema.seed(connection, Direction.BACK);
        Publications.create(connection, pair.names(), Direction.BACK, tables);
        return true;
    }
}
