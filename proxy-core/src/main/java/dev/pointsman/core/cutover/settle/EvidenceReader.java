package dev.pointsman.core.cutover.settle;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.cutover.journal.Journal;
import dev.pointsman.core.cutover.record.Evidence;
import dev.pointsman.core.cutover.record.Reading;
import dev.pointsman.core.cutover.record.Records;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// Reads the journal and all servers of a database, these at the same time. Blocks.
public final class EvidenceReader {
    private static final Executor BESIDE = task -> Thread.ofVirtual().start(task);

    private final Clusters clusters;
    private final Journal journal;

    public EvidenceReader(Clusters clusters, Journal journal) {
        this.clusters = clusters;
        this.journal = journal;
    }

    /// As the configuration in force says, whatever it was when `named` was read.
    public Evidence read(Database named) {
        var database = clusters.inForce(named);
        var lines = journal.lines(database.name());
        var readings =
                database.servers().keySet().stream()
                        .map(server -> clusters.of(database.name(), server))
                        .map(one -> CompletableFuture.supplyAsync(() -> reading(one), BESIDE))
                        .toList();
        return new Evidence(
                database.name(),
                database.serve(),
                lines,
                readings.stream().map(CompletableFuture::join).toList());
    }

    private static Reading reading(Cluster cluster) {
        if (cluster.server().control().user().isEmpty()) {
            return new Reading.Unasked(cluster.name());
        }
        try {
            return new Reading.Rows(
                    cluster.name(),
                    cluster.call(on -> Records.read(on, cluster.database().name())));
        } catch (SQLException e) {
            return new Reading.Unreadable(
                    cluster.name(), String.valueOf(cluster.refusal(e).getMessage()));
        }
    }
}
