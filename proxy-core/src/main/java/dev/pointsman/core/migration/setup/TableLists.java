package dev.pointsman.core.migration.setup;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;
import dev.pointsman.core.migration.schema.UserTables;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Whether each direction carries every table. What is in one list only would be lost without a
/// word: native replication neither follows DDL nor says that it does not.
public final class TableLists {
    /// The catalog itself: the view of it opens every table, and waits for whoever has locked one.
    /// A partitioned table that somebody added stands for its partitions.
    private static final String PUBLISHED =
            """
            WITH RECURSIVE listed AS (
                SELECT r.prrelid AS relid FROM pg_publication_rel r
                  JOIN pg_publication p ON p.oid = r.prpubid WHERE p.pubname = ?
                 UNION
                SELECT i.inhrelid FROM listed l
                  JOIN pg_class root ON root.oid = l.relid AND root.relkind = 'p'
                  JOIN pg_inherits i ON i.inhparent = l.relid)
            SELECT format('%I.%I', n.nspname, c.relname) FROM listed l
              JOIN pg_class c ON c.oid = l.relid JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind <> 'p'\
            """;

    private static final String SUBSCRIBED =
            """
            SELECT format('%I.%I', n.nspname, c.relname) FROM pg_subscription_rel r
              JOIN pg_subscription s ON s.oid = r.srsubid
              JOIN pg_class c ON c.oid = r.srrelid JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE s.subname = ? AND s.subdbid = (SELECT oid FROM pg_database
                                                   WHERE datname = current_database())\
            """;

    private final Pair pair;
    private final Direction flowing;
    private final List<Amiss> found = new ArrayList<>();
    private Optional<String> otherwise = Optional.empty();

    private TableLists(Pair pair, Direction flowing) {
        this.pair = pair;
        this.flowing = flowing;
    }

    /// A table that one of a direction's lists lacks.
    ///
    /// @param server where it has to be mended first
    public record Amiss(Direction direction, String server, String finding, String mend) {}

    /// What the lists of both directions lack. The resting one owes what the flowing one carries,
    /// and nothing where it was never made.
    ///
    /// @param flowing the direction in which changes flow now
    public static List<Amiss> amiss(Pair pair, Direction flowing) throws SQLException {
        var lists = new TableLists(pair, flowing);
        if (!pair.to(flowing).call(on -> Subscriptions.exists(on, pair.names(), flowing))) {
            return List.of(); // nothing flows at all, which is told as such
        }
        var carried = lists.published(flowing);
        var owed = byName(pair.from(flowing).call(UserTables::names));
        lists.compare(flowing, owed, carried);
        var resting = flowing.opposite();
        var names = pair.names();
        if (pair.to(resting).call(on -> Subscriptions.exists(on, names, resting))) {
            carried.keySet().removeIf(table -> table.startsWith("pointsman."));
            lists.compare(resting, carried, lists.published(resting));
        }
        return List.copyOf(lists.found);
    }

    private Map<String, String> published(Direction direction) throws SQLException {
        var name = pair.names().publication(direction);
        return pair.from(direction).call(on -> texts(on, PUBLISHED, name));
    }

    private static Map<String, String> texts(Connection connection, String sql, String name)
            throws SQLException {
        return byName(Sql.texts(connection, sql, name));
    }

    /// As their server quotes them, by what is the same on both: only one of two majors may know a
    /// name as a keyword.
    private static Map<String, String> byName(List<String> quoted) {
        var names = new TreeMap<String, String>();
        quoted.forEach(name -> names.put(UserTables.plain(name), name));
        return names;
    }

    private void compare(
            Direction direction, Map<String, String> owed, Map<String, String> published)
            throws SQLException {
        var from = pair.from(direction).name();
        var to = pair.to(direction).name();
        var name = pair.names().subscription(direction);
        var subscribed = pair.to(direction).call(on -> texts(on, SUBSCRIBED, name));
        for (var table : without(owed, published)) {
            found.add(
                    new Amiss(
                            direction,
                            from,
                            "table %s is not published on %s".formatted(table, from),
                            mend(direction, publish(direction, table))));
        }
        for (var table : without(published, subscribed)) {
            found.add(
                    new Amiss(
                            direction,
                            to,
                            "table %s is published on %s but not subscribed to on %s"
                                    .formatted(table, from, to),
                            mend(direction, "")));
        }
        for (var table : without(subscribed, published)) {
            found.add(
                    new Amiss(
                            direction,
                            to,
                            "table %s is subscribed to on %s but not published on %s"
                                    .formatted(table, to, from),
                            mend(direction, "")));
        }
    }

    private static Collection<String> without(Map<String, String> all, Map<String, String> some) {
        var only = new TreeMap<>(all);
        only.keySet().removeAll(some.keySet());
        return only.values();
    }

    private String publish(Direction direction, String table) {
        return on(pair.from(direction).name())
                + "ALTER PUBLICATION "
                + pair.names().publication(direction)
                + " ADD TABLE ONLY "
                + table
                + "; then ";
    }

    private String mend(Direction direction, String before) {
        return "With the table on both servers, as the control user: "
                + before
                + on(pair.to(direction).name())
                + refresh(pair.names(), direction, direction == flowing)
                + (direction == flowing ? " (copies the rows: it must be empty there)" : "")
                + otherwise()
                + ".";
    }

    /// Asked once, however many tables are amiss.
    private String otherwise() {
        if (otherwise.isEmpty()) {
            otherwise = Optional.of(WayOut.everSwitched(pair) ? "" : ". Or " + WayOut.of(pair));
        }
        return otherwise.get();
    }

    /// The server that does not serve may be fenced.
    private String on(String server) {
        return "on %s: ".formatted(server)
                + (server.equals(pair.to(flowing).name())
                        ? "SET default_transaction_read_only = off; "
                        : "");
    }

    /// A resting subscription is disabled, and a disabled one cannot be refreshed. Enabled on a
    /// slot that does not exist it can, and nothing flows.
    private static String refresh(ReplicationNames names, Direction direction, boolean flows) {
        var alter = "ALTER SUBSCRIPTION " + names.subscription(direction);
        if (flows) {
            return alter + " REFRESH PUBLICATION WITH (copy_data = true)";
        }
        return String.join(
                "; ",
                alter + " SET (slot_name = 'pointsman_no_slot')",
                alter + " ENABLE",
                alter + " REFRESH PUBLICATION WITH (copy_data = false)",
                alter + " DISABLE",
                alter + " SET (slot_name = '" + names.slot(direction) + "')");
    }
}
