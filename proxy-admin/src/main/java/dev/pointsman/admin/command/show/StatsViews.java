package dev.pointsman.admin.command.show;

import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.meter.DatabaseMeter.Direction;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToLongFunction;

/// PgBouncer's statistics from the proxy's own meters: totals since the start, averages per second
/// since the start, times in microseconds. What is not counted is NULL.
final class StatsViews {
    /// Those of PgBouncer's later versions; none of them is counted here.
    private static final List<String> NEWER =
            List.of(
                    "server_assignment_count",
                    "client_parse_count",
                    "server_parse_count",
                    "bind_count",
                    "client_login_count");

    /// What an average is of.
    private enum Per {
        SECOND,
        QUERY,
        TRANSACTION
    }

    /// What is counted of one database.
    private record Figure(
            String name, String longName, ToLongFunction<DatabaseMeter> value, Per per) {}

    private static final List<Figure> FIGURES =
            List.of(
                    new Figure(
                            "xact_count",
                            "xact_count",
                            DatabaseMeter::transactionCount,
                            Per.SECOND),
                    new Figure("query_count", "query_count", DatabaseMeter::queryCount, Per.SECOND),
                    new Figure(
                            "received",
                            "bytes_received",
                            meter -> meter.byteCount(Direction.RECEIVED),
                            Per.SECOND),
                    new Figure(
                            "sent",
                            "bytes_sent",
                            meter -> meter.byteCount(Direction.SENT),
                            Per.SECOND),
                    new Figure(
                            "xact_time",
                            "xact_time",
                            DatabaseMeter::transactionMicros,
                            Per.TRANSACTION),
                    new Figure("query_time", "query_time", DatabaseMeter::queryMicros, Per.QUERY),
                    new Figure("wait_time", "wait_time", DatabaseMeter::waitMicros, Per.SECOND));

    private final Controls controls;
    private final long seconds;

    StatsViews(Controls controls) {
        this.controls = controls;
        seconds = Math.max(1, Duration.between(controls.started(), Instant.now()).toSeconds());
    }

    void stats(Rows.Builder rows) {
        for (var meter : controls.meter().databases()) {
            var cells = named(meter);
            cells.addAll(values(meter, false));
            cells.addAll(values(meter, true));
            cells.addAll(newer());
            cells.addAll(newer());
            rows.row(cells);
        }
    }

    void totals(Rows.Builder rows) {
        for (var meter : controls.meter().databases()) {
            var cells = named(meter);
            cells.addAll(values(meter, false));
            cells.addAll(newer());
            rows.row(cells);
        }
    }

    void averages(Rows.Builder rows) {
        for (var meter : controls.meter().databases()) {
            var cells = named(meter);
            cells.addAll(values(meter, true));
            cells.addAll(newer());
            rows.row(cells);
        }
    }

    private static List<Cell> named(DatabaseMeter meter) {
        var cells = new ArrayList<Cell>();
        cells.add(Cell.of(meter.name()));
        return cells;
    }

    private static List<Cell> newer() {
        return Collections.nCopies(NEWER.size(), Cell.ABSENT);
    }

    /// In PgBouncer's order: transactions, queries, bytes, times.
    private List<Cell> values(DatabaseMeter meter, boolean average) {
        var cells = new ArrayList<Cell>();
        for (var figure : FIGURES) {
            cells.add(value(figure, List.of(meter), average));
        }
        return cells;
    }

    private Cell value(Figure figure, Iterable<DatabaseMeter> meters, boolean average) {
        long sum = 0;
        long queries = 0;
        long transactions = 0;
        for (var meter : meters) {
            sum += figure.value().applyAsLong(meter);
            queries += meter.queryCount();
            transactions += meter.transactionCount();
        }
        long divisor = 1;
        if (average) {
            divisor =
                    switch (figure.per()) {
                        case SECOND -> seconds;
                        case QUERY -> Math.max(1, queries);
                        case TRANSACTION -> Math.max(1, transactions);
                    };
        }
        return new Cell.Decimal(
                BigDecimal.valueOf(sum).divide(BigDecimal.valueOf(divisor), 0, RoundingMode.DOWN));
    }

    /// One row per figure over all databases.
    void overall(Rows.Builder rows) {
        var meters = controls.meter().databases();
        for (boolean average : new boolean[] {false, true}) {
            var prefix = average ? "avg_" : "total_";
            for (var figure : FIGURES) {
                rows.row(Cell.of(prefix + figure.longName()), value(figure, meters, average));
            }
            NEWER.forEach(name -> rows.row(Cell.of(prefix + name), Cell.ABSENT));
        }
    }
}
