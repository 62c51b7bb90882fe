package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.ServerFacts;

import java.sql.SQLException;
import java.util.Optional;

/// The first question to a server: without an answer nothing else can be asked.
final class Asked {
    private Asked() {}

    static Optional<ServerFacts> of(Cluster cluster, Findings rows) {
        try {
            var facts = cluster.facts();
            rows.pass(
                    Preflight.CONNECTION,
                    cluster,
                    "PostgreSQL " + facts.version() + ", as " + facts.rights().user());
            return Optional.of(facts);
        } catch (SQLException e) {
            var report = cluster.refusal(e).report();
            rows.unsafe(Preflight.CONNECTION, cluster, report.message(), report.hint());
            return Optional.empty();
        }
    }
}
