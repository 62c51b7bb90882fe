package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.ServerFacts;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.Check.Blocks;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Looks at two servers before a migration from one to the other. Changes nothing on either. One
/// thread at a time; one that looks again tries no login again.
public final class Preflight {
    /// The check of whether a server can be asked at all.
    public static final String CONNECTION = "connection";

    /// The check whose acceptance means a migration without a way back.
    public static final String WAY_BACK = "way-back";

    /// The check of who logs in as a superuser, whom no fence holds off.
    public static final String SUPERUSERS = "superuser-logins";

    private final String instance;
    private final Cluster source;
    private final Cluster target;
    private final LoginChecks logins = new LoginChecks();

    public Preflight(String instance, Cluster source, Cluster target) {
        this.instance = instance;
        this.source = source;
        this.target = target;
    }

    /// All rows, those of the source first. A server that cannot be reached is a row too.
    public List<Check> run() {
        var rows = new Findings();
        var sourceFacts = asked(source, rows);
        var targetFacts = asked(target, rows);
        if (sourceFacts.isEmpty() || targetFacts.isEmpty()) {
            return rows.all();
        }
        look(
                new Subject(instance, source, target, sourceFacts.get(), targetFacts.get()),
                checks(logins),
                rows);
        return rows.all();
    }

    /// The first question to a server: without an answer nothing else can be asked.
    private static Optional<ServerFacts> asked(Cluster cluster, Findings rows) {
        try {
            var facts = cluster.facts();
            rows.pass(
                    CONNECTION,
                    cluster,
                    "PostgreSQL " + facts.version() + ", as " + facts.rights().user());
            return Optional.of(facts);
        } catch (SQLException e) {
            var report = cluster.refusal(e).report();
            rows.unsafe(CONNECTION, cluster, report.message(), report.hint());
            return Optional.empty();
        }
    }

    /// What stands in the way of a cutover now, of all that may: a handful of short questions to
    /// each server. In the middle of a migration the other checks would find the migration itself.
    ///
    /// @throws SQLException when a server cannot be asked at all
    public List<Check> againstCutover() throws SQLException {
        return againstCutover(_ -> true);
    }

    /// The same of one check alone.
    public List<Check> againstCutover(String id) throws SQLException {
        return againstCutover(check -> check.id().equals(id));
    }

    private List<Check> againstCutover(Predicate<Looking> which) throws SQLException {
        var rows = new Findings();
        look(
                new Subject(instance, source, target, source.facts(), target.facts()),
                checks(logins).stream()
                        .filter(check -> check.blocks() == Blocks.CUTOVER)
                        .filter(which)
                        .toList(),
                rows);
        return rows.all().stream().filter(row -> row.stops(Blocks.CUTOVER, Set.of())).toList();
    }

    /// The ids of all rows that there may be, in their order.
    public static List<String> ids() {
        return Stream.concat(Stream.of(CONNECTION), ids(_ -> true)).distinct().toList();
    }

    /// Those that are looked at again before each cutover, which they may stand in the way of.
    public static List<String> idsBeforeCutover() {
        return ids(check -> check.blocks() == Blocks.CUTOVER).toList();
    }

    private static Stream<String> ids(Predicate<Looking> which) {
        return checks(new LoginChecks()).stream().filter(which).map(Looking::id);
    }

    private static List<Looking> checks(LoginChecks logins) {
        var checks = new ArrayList<Looking>();
        checks.addAll(ServerChecks.all());
        checks.addAll(TableChecks.all());
        checks.addAll(TargetChecks.all());
        checks.addAll(SessionChecks.all());
        checks.addAll(logins.all());
        checks.addAll(ReachChecks.all());
        checks.addAll(DefaultsChecks.all());
        return checks;
    }

    private static void look(Subject subject, List<Looking> checks, Findings rows) {
        for (var check : checks) {
            try {
                check.look().at(subject, rows);
            } catch (SQLException e) {
                rows.unknown(check, check.on(subject), e);
            }
        }
    }
}
