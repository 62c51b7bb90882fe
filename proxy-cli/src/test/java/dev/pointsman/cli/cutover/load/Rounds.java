package dev.pointsman.cli.cutover.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.Slowest;
import dev.pointsman.cli.cutover.wire.Message;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.run.Step;

import org.awaitility.Awaitility;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Cutovers there and back, one after the other, under clients of every kind, and what the clients
/// know compared with what the reports and the servers say.
final class Rounds {
    private static final int STRAGGLES_EVERY = 5;
    private static final int LEAVES_EVERY = 3;

    /// A round whose pause is known from outside: the run stands still for this long while it
    /// holds.
    private static final int KNOWN_ROUND = 2;

    private static final Duration KNOWN_PAUSE = Duration.ofMillis(400);

    private static final int WRITERS = 8;
    private static final int NEWCOMER = 100;
    private static final int SITTER = 101;
    private static final int BYPASSER = 102;
    private static final int CANCELLED = 103;
    private static final int GONE = 104;
    private static final int OTHER_BYPASSER = 105;

    private final RealServers servers;
    private final CrossingLab lab;
    private final At at;
    private final Slowest slowest = new Slowest();
    private final Sitter sitter;
    private final Bypasser bypasser;
    private final Bypasser otherBypasser;
    private final List<Client> clients = new ArrayList<>();
    private final List<Report> reports = new ArrayList<>();
    private final List<Double> measured = new ArrayList<>();
    private final List<Double> noise = new ArrayList<>();

    Rounds(RealServers servers, CrossingLab lab, At at) throws SQLException {
        this.servers = servers;
        this.lab = lab;
        this.at = at;
        for (int writer = 0; writer < WRITERS; writer++) {
            clients.add(new Writer(writer, lab::connect, slowest));
        }
        clients.add(new Newcomer(NEWCOMER, lab::connect, slowest));
        sitter = new Sitter(SITTER, lab::connect, slowest);
        clients.add(sitter);
        bypasser = new Bypasser(BYPASSER, servers.source(), servers.database());
        otherBypasser = new Bypasser(OTHER_BYPASSER, servers.target(), servers.database());
        clients.forEach(Client::begin);
        bypasser.begin();
        goOn();
    }

    /// Goes there and back, as many cutovers as said.
    void run(int cutovers) throws Exception {
        for (int round = 1; round <= cutovers; round++) {
            var straggles = round % STRAGGLES_EVERY == 0;
            if (straggles) {
                sitter.sitDown();
                Awaitility.await("the sitter").until(sitter::sits);
            } else if (round % LEAVES_EVERY == 0) {
                at.at(Step.DRAINED, this::leaveWhileHeld);
            } else if (round == KNOWN_ROUND) {
                at.at(Step.MARKED, this::standStill);
            }
            noise.add(slowest.takeMillis());
            var report = round % 2 == 1 ? lab.to("green") : lab.back();
            measured.add(slowest.takeMillis());
            sitter.goOn();
            reports.add(report);
            assertThat(report.ending().outcome())
                    .as("round %d: %s", round, report.ending().message())
                    .isEqualTo(Outcome.SWITCHED);
            assertThat(report.ending().warnings()).as("round %d", round).isEmpty();
            assertThat(report.pause().clients().failed())
                    .as("round %d", round)
                    .isGreaterThanOrEqualTo(straggles ? 1 : 0);
            at.verify();
            verifyBypassers();
            if (round == 1) {
                // Before that, a direct writer there would write where nobody serves yet.
                otherBypasser.begin();
            }
            goOn();
        }
    }

    private void standStill() throws SQLException {
        servers.source()
                .execute("postgres", "select pg_sleep(" + KNOWN_PAUSE.toMillis() + " / 1000.0)");
    }

    /// One held client cancels its statement, and one goes away.
    private void leaveWhileHeld() {
        try (var cancels = lab.raw();
                var goes = lab.raw()) {
            cancels.send(Message.query(insert(CANCELLED)));
            goes.send(Message.query(insert(GONE)));
            Awaitility.await("those two to be held")
                    .until(() -> isHeld(cancels.id()) && isHeld(goes.id()));
            cancels.cancel();
            assertThat(cancels.awaitReady())
                    .containsExactly(
                            "E 57014 canceling statement due to user request; it was not run",
                            "Z I");
        }
    }

    private static String insert(int writer) {
        return "insert into entry (writer, number) values (" + writer + ", 1)";
    }

    private boolean isHeld(int id) {
        return lab.proxy().sessions().snapshot().stream()
                .anyMatch(row -> row.id() == id && row.state().word().equals("waiting"));
    }

    /// Every client writes some more rows.
    private void goOn() {
        var then = clients.stream().map(Client::acknowledged).toList();
        Awaitility.await("clients to go on")
                .atMost(Duration.ofMinutes(2))
                .until(
                        () -> {
                            for (int i = 0; i < then.size(); i++) {
                                if (clients.get(i).acknowledged() < then.get(i) + 3
                                        && clients.get(i).error().isEmpty()) {
                                    return false;
                                }
                            }
                            return true;
                        });
    }

    /// Ends all clients.
    void stop() throws InterruptedException {
        for (var client : clients) {
            client.stop();
        }
        bypasser.stop();
        if (!reports.isEmpty()) {
            otherBypasser.stop();
        }
    }

    /// After [#stop]: no client met an error that was not announced.
    void verifyErrors() {
        assertThat(clients).extracting(Client::error).containsOnly("");
        assertThat(clients.stream().mapToInt(Client::givenUp).sum())
                .as("transactions given up, as the clients and as the reports count them")
                .isEqualTo(reports.stream().mapToInt(one -> one.pause().clients().failed()).sum());
        assertThat(sitter.givenUp()).isPositive();
        assertThat(bypasser.refused()).as("refusals of a direct writer").isPositive();
        assertThat(otherBypasser.refused()).as("refusals of the other one").isPositive();
    }

    /// After [#stop]: every acknowledged row is on the server exactly once, and nothing that was
    /// not to be run.
    void verifyLedger(RealServer serving) throws SQLException {
        for (var client : clients) {
            verifyRows(serving, client.writer(), client.acknowledged());
        }
        verifyRows(serving, CANCELLED, 0);
        verifyRows(serving, GONE, 0);
        for (var direct : List.of(bypasser, otherBypasser)) {
            assertThat(direct.written()).isNotEmpty();
            verifyBypasser(direct, serving);
        }
    }

    private void verifyBypassers() throws SQLException {
        var serving = lab.serving().equals("green") ? servers.target() : servers.source();
        verifyBypasser(bypasser, serving);
        verifyBypasser(otherBypasser, serving);
    }

    /// Whatever a direct writer was acknowledged has gone over with the rest, once: a number of his
    /// cannot be there twice.
    private void verifyBypasser(Bypasser direct, RealServer serving) throws SQLException {
        var missing = new TreeSet<>(direct.written());
        for (var number :
                serving.column(
                        servers.database(),
                        "select number from entry where writer = " + direct.writer())) {
            missing.remove(Integer.valueOf(number));
        }
        assertThat(missing).as("acknowledged to a direct writer, and lost").isEmpty();
    }

    private void verifyRows(RealServer serving, int writer, int acknowledged) throws SQLException {
        assertThat(
                        serving.value(
                                servers.database(),
                                "select count(*) || '/' || coalesce(max(number), 0) from entry"
                                        + " where writer = "
                                        + writer))
                .as("rows of client %d", writer)
                .isEqualTo(acknowledged + "/" + acknowledged);
    }

    /// Clients were held and drained, and the report does not flatter: no client waited less than
    /// the longest hold says, and mostly not much more than statements take here anyway.
    ///
    /// @param tolerance what a statement may take beyond its hold, besides a multiple of what the
    ///   slowest one takes on this machine while nothing is held
    void verifyFigures(Duration tolerance) {
        int held = 0;
        int drained = 0;
        var beyond = new ArrayList<Double>();
        for (int i = 0; i < reports.size(); i++) {
            var pause = reports.get(i).pause();
            held += pause.clients().held() > 0 ? 1 : 0;
            drained += pause.clients().drained();
            assertThat(pause.longestHold()).isLessThanOrEqualTo(pause.pause().plusMillis(50));
            beyond.add(measured.get(i) - reports.get(i).longestHoldMs());
        }
        System.out.println(
                "slowest statement beyond the longest hold, ms: "
                        + beyond
                        + "; slowest without a cutover: "
                        + noise);
        assertThat(held).as("cutovers that held clients").isGreaterThan(reports.size() / 2);
        assertThat(drained).as("transactions drained").isPositive();
        assertThat(beyond).allSatisfy(one -> assertThat(one).isGreaterThan(-3));
        var known = reports.get(KNOWN_ROUND - 1).pause();
        assertThat(known.pause()).as("a pause of a known length").isGreaterThan(KNOWN_PAUSE);
        assertThat(known.longestHold())
                .as("the longest hold in it")
                .isGreaterThan(KNOWN_PAUSE.dividedBy(2));
        assertThat(median(beyond))
                .as("what clients measured beyond the longest hold, ms")
                .isLessThan(tolerance.toMillis() + 5 * median(noise));
    }

    private static double median(List<Double> figures) {
        return figures.stream().sorted().skip(figures.size() / 2).findFirst().orElseThrow();
    }
}
