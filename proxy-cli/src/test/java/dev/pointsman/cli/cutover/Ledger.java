package dev.pointsman.cli.cutover;

import dev.pointsman.cli.real.RealServer;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What writers were told, against what a server holds.
public final class Ledger {
    private static final List<String> TABLES = List.of("entry", "note");
    private static final int FAULTS_MAX = 10;

    private Ledger() {}

    /// What is wrong: an acknowledged write that is missing, any write that is there twice, one
    /// that nobody sent. May be asked while they write.
    public static List<String> faults(Writers writers, RealServer server, String database)
            throws SQLException {
        var faults = new ArrayList<String>();
        var promised = writers.allAcknowledged();
        for (var table : TABLES) {
            var rows = rows(server, database, table);
            faults.addAll(faults(table, promised, rows));
            rows.keySet().stream()
                    .filter(write -> !writers.isSent(write))
                    .forEach(write -> faults.add(table + " has " + write + ", which nobody sent"));
        }
        return faults.subList(0, Math.min(FAULTS_MAX, faults.size()));
    }

    private static Map<Writers.Write, Integer> rows(
            RealServer server, String database, String table) throws SQLException {
        var rows = new HashMap<Writers.Write, Integer>();
        try (var connection = server.connect(database);
                var statement = connection.createStatement();
                var all = statement.executeQuery("select writer, number from " + table)) {
            while (all.next()) {
                rows.merge(new Writers.Write(all.getInt(1), all.getInt(2)), 1, Integer::sum);
            }
        }
        return rows;
    }

    private static List<String> faults(
            String table, Set<Writers.Write> promised, Map<Writers.Write, Integer> rows) {
        var faults = new ArrayList<String>();
        promised.stream()
                .filter(write -> !rows.containsKey(write))
                .forEach(write -> faults.add(table + " has lost " + write));
        rows.forEach(
                (write, times) -> {
                    if (times > 1) {
                        faults.add(table + " has " + write + " " + times + " times");
                    }
                });
        return faults;
    }
}
