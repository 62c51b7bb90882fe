package dev.pointsman.admin;

import dev.pointsman.core.cutover.CutoverOrder;
import dev.pointsman.core.cutover.Cutovers;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.RepairResult;
import dev.pointsman.core.cutover.Running;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Phase;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.Requester;
import dev.pointsman.core.cutover.report.Stage;
import dev.pointsman.core.cutover.why.WhyRow;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.wire.Refused;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/// Cutovers that end as a test says and remember what was asked.
final class ScriptedCutovers implements Cutovers {
    static final Instant STARTED = Instant.parse("2026-02-03T04:05:06Z");

    final List<CutoverOrder> orders = new CopyOnWriteArrayList<>();
    final List<String> cancelled = new CopyOnWriteArrayList<>();
    final List<Check> fence = new CopyOnWriteArrayList<>();
    final List<Report> past = new ArrayList<>();
    final CountDownLatch begun = new CountDownLatch(1);
    volatile CountDownLatch mayEnd = new CountDownLatch(0);
    volatile Outcome outcome = Outcome.SWITCHED;
    volatile Optional<Stage> stage = Optional.empty();
    volatile Optional<String> other = Optional.empty();

    @Override
    public Report run(CutoverOrder order, Consumer<Phase> progress) throws Refused {
        orders.add(order);
        progress.accept(
                new Phase(
                        Stage.HOLD,
                        Duration.ofMillis(5),
                        Duration.ofNanos(1_234_567),
                        "16 clients held",
                        true));
        begun.countDown();
        while (true) {
            try {
                mayEnd.await();
                return report(order, outcome);
            } catch (InterruptedException interrupted) {
                throw new AssertionError("a cutover must not be interrupted", interrupted);
            }
        }
    }

    static Report report(CutoverOrder order, Outcome outcome) {
        var target = order.destination() instanceof Destination.To(var server) ? server : "blue";
        return new Report(
                new Report.Subject(7, order.databases(), "blue", target, 2),
                new Report.Asked(
                        STARTED,
                        order.requester(),
                        order.dryRun(),
                        order.accepted(),
                        new Report.Versions("", "", "")),
                new Report.Ending(
                        outcome,
                        Stage.DRAIN,
                        outcome == Outcome.SWITCHED ? "" : "client 9 is still inside",
                        List.of("one warning"),
                        List.of(
                                new Phase(Stage.HOLD, Duration.ZERO, Duration.ZERO, "", false),
                                new Phase(
                                        Stage.HOLD,
                                        Duration.ofMillis(5),
                                        Duration.ofNanos(1_234_567),
                                        "16 clients held",
                                        true),
                                new Phase(
                                        Stage.SWAP,
                                        Duration.ofMillis(9),
                                        Duration.ofNanos(1_000),
                                        "",
                                        true))),
                new Report.Pause(
                        Duration.ofNanos(4_200_000),
                        Duration.ofNanos(3_100_000),
                        Optional.of(
                                new Report.Waited(
                                        Duration.ofNanos(5_300_000), Duration.ofNanos(2_700_000))),
                        new Report.Clients(16, 12, 3, 0, 0, 4096)),
                new Report.Evidence("0/1", "0/2", 5, 3, List.of()));
    }

    @Override
    public void cancel(String database) {
        cancelled.add(database);
        outcome = Outcome.ROLLED_BACK;
        mayEnd.countDown();
    }

    @Override
    public List<Check> fence(String database, String target) {
        return fence;
    }

    @Override
    public List<Report> reports() {
        return past;
    }

    @Override
    public Optional<Running> running(String database) {
        return stage.map(
                at ->
                        new Running(
                                new Report.Subject(7, List.of(database), "blue", "green", 2),
                                new Report.Asked(
                                        STARTED,
                                        new Requester("ann", "10.0.0.1"),
                                        false,
                                        Set.of(),
                                        new Report.Versions("", "", "")),
                                at,
                                STARTED));
    }

    @Override
    public Optional<String> busyWith(String database) {
        return running(database).map(Running::words);
    }

    @Override
    public boolean busy(String database) {
        return stage.isPresent();
    }

    @Override
    public Optional<String> otherInstance(String database) {
        return other;
    }

    @Override
    public boolean isAlone(String database) {
        return other.isEmpty();
    }

    @Override
    public List<WhyRow> why(String database) {
        return List.of(new WhyRow(database, "journal", 1, "decided", "blue", true, ""));
    }

    @Override
    public RepairResult repair(String database, boolean dryRun) {
        return new RepairResult(
                database, List.of(dryRun ? "would lift the fence" : "lifted the fence"), true);
    }

    @Override
    public void settle() {}

    @Override
    public List<String> repairSql(String database) {
        return List.of("SELECT 1");
    }

    @Override
    public void close() {}
}
