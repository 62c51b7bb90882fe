package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.migration.Check;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Looks at two servers before a migration from one to the other. Changes nothing on either.
public final class Preflight {
    /// The check whose acceptance means a migration without a way back.
    public static final String WAY_BACK = "way-back";

    private final String instance;
    private final Cluster source;
    private final Cluster target;

    public Preflight(String instance, Cluster source, Cluster target) {
        this.instance = instance;
        this.source = source;
        this.target = target;
    }

    /// All rows, those of the source first. A server that cannot be reached is a row too.
    public List<Check> run() {
        var rows = new Findings();
        var sourceFacts = Asked.of(source, rows);
        var targetFacts = Asked.of(target, rows);
        if (sourceFacts.isEmpty() || targetFacts.isEmpty()) {
            return rows.all();
        }
        var subject = new Subject(instance, source, target, sourceFacts.get(), targetFacts.get());
        var checks = new ArrayList<Looking>();
        checks.addAll(ServerChecks.all());
        checks.addAll(TableChecks.all());
        checks.addAll(TargetChecks.all());
        checks.addAll(SessionChecks.all());
        checks.addAll(ReachChecks.all());
        for (var check : checks) {
            try {
                check.look().at(subject, rows);
            } catch (SQLException e) {
                rows.unknown(check.id(), check.on(subject), e);
            }
        }
        return rows.all();
    }
}
