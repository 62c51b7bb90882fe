package dev.pointsman.cli.bench;

import dev.pointsman.cli.load.Address;
import dev.pointsman.cli.load.Address.Statements;
import dev.pointsman.cli.load.Contents;
import dev.pointsman.cli.load.Load;
import dev.pointsman.cli.load.LoadSettings;
import dev.pointsman.cli.load.LoadTables;
import dev.pointsman.cli.load.Verdict;
import dev.pointsman.cli.load.progress.Progress;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Presses clients against an address for a while, and looks for every acknowledged write there.
public final class Bench {
    private final Address address;
    private final LoadTables tables;
    private final LoadSettings settings;

    public Bench(Address address, LoadTables tables, LoadSettings settings) {
        this.address = address;
        this.tables = tables;
        this.settings = settings;
    }

    /// Makes the tables that are missing. A migration that is to carry them starts after this.
    public void setUp() throws SQLException {
        try (var connection = address.connect(Statements.UNNAMED)) {
            tables.create(connection);
            tables.fill(connection);
        }
    }

    /// Drops the tables.
    public void tearDown() throws SQLException {
        try (var connection = address.connect(Statements.UNNAMED)) {
            tables.drop(connection);
        }
    }

    /// Runs the load on tables that are there; takes a little longer than `time`.
    public BenchResult run(Duration time, Progress progress)
            throws SQLException, InterruptedException {
        var versions = new ArrayList<>(List.of(address.serverVersion()));
        long begun = System.nanoTime();
        try (var load = Load.start(address, tables, settings)) {
            progress.watch(load);
            Thread.sleep(time);
            load.stop();
            progress.unwatch();
            var took = Duration.ofNanos(System.nanoTime() - begun);
            var version = address.serverVersion();
            if (!versions.contains(version)) {
                versions.add(version);
            }
            try (var connection = address.connect(Statements.UNNAMED)) {
                var contents = Contents.read(connection, tables, load.ledger());
                return new BenchResult(
                        Verdict.of(load.ledger(), contents, load.recording()),
                        load.recording().total(),
                        took,
                        versions);
            }
        }
    }
}
