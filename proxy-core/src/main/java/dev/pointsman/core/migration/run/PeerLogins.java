package dev.pointsman.core.migration.run;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.setup.Pair;
import dev.pointsman.core.migration.setup.PeerAddress;
import dev.pointsman.core.migration.setup.Subscriptions;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// Keeps what the subscriptions connect with as the configuration says: a subscription has the
/// password and the address of the day when it was made, and would keep them for ever.
///
/// What a subscription has can be read by superusers alone. So it is written where the
/// configuration has changed since this process took the migration up, and once where one that is
/// enabled does not work. Writing what is there already does not disturb a worker.
final class PeerLogins {
    private static final Logger log = LoggerFactory.getLogger(PeerLogins.class);

    private final Pair pair;
    private final Map<Direction, String> known = new EnumMap<>(Direction.class);
    private final Set<Direction> written = EnumSet.noneOf(Direction.class);

    PeerLogins(Pair pair) {
        this.pair = pair;
        for (var direction : Direction.values()) {
            known.put(direction, wanted(direction));
        }
    }

    private String wanted(Direction direction) {
        return new PeerAddress(pair.from(direction).server()).conninfo();
    }

    /// Writes what has changed; tried again in the next round where that fails.
    void refresh() throws SQLException {
        for (var direction : Direction.values()) {
            var wanted = wanted(direction);
            var changed = !wanted.equals(known.get(direction));
            var name = pair.names().subscription(direction);
            var there = StatusReader.subscription(pair.to(direction), name);
            var broken = there.enabled() && !there.works() && !written.contains(direction);
            if (there.exists() && (changed || broken)) {
                write(direction, wanted);
                written.add(direction);
            }
            known.put(direction, wanted);
        }
    }

    private void write(Direction direction, String conninfo) throws SQLException {
        var sql = Subscriptions.connectionSql(pair.names(), direction, conninfo);
        pair.to(direction).call(connection -> Sql.run(connection, sql));
        log.atInfo()
                .addKeyValue("subscription", pair.names().subscription(direction))
                .addKeyValue("server", pair.to(direction).name())
                .log("subscription connects as the configuration says now");
    }
}
