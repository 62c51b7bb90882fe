package dev.pointsman.cli.cutover;

import dev.pointsman.cli.real.RealServer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// An operator who lifts a fence with the SQL of the operating page.
public final class ByThePage {
    private ByThePage() {}

    /// As a superuser, and as psql's `\gexec` does: what fails does not keep the rest from being
    /// run. Returns what has failed.
    public static List<String> lift(RealServer server, String database) throws Exception {
        var page = Files.readString(Path.of("../docs/operating/in-and-out.md"));
        var start = page.indexOf("SET default_transaction_read_only = off;");
        var block = page.substring(start, page.indexOf("```", start));
        var query = block.indexOf("WITH");
        var failed = new ArrayList<String>();
        try (var operator = server.connect(database);
                var statement = operator.createStatement()) {
            statement.execute(block.substring(0, query));
            var mends = new ArrayList<String>();
            try (var rows = statement.executeQuery(block.substring(query))) {
                while (rows.next()) {
                    mends.add(rows.getString(1));
                }
            }
            for (var mend : mends) {
                try {
                    statement.execute(mend);
                } catch (SQLException e) {
                    failed.add(mend + ": " + e.getMessage());
                }
            }
        }
        return failed;
    }
}
