package dev.pointsman.cli.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.driver.Driver.Address;
import dev.pointsman.cli.driver.Driver.Written;
import dev.pointsman.cli.driver.jvm.PgJdbc;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.cli.tls.Papers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;

import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/// All drivers write at once, each in its own way, while the proxy cuts over and back; also over
/// TLS, where each verifies the port's certificate.
@Tag("real")
class DriverCutoverTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    private static final Papers PAPERS = Papers.make();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int MORE_ROWS = 5;

    @TempDir Path state;

    private final At at = new At();

    @ParameterizedTest
    @CsvSource({"session, false", "transaction, false", "transaction, true"})
    void everyDriverWritesOnThroughACutoverThereAndBack(String mode, boolean encrypted)
            throws Exception {
        var setup =
                CrossingLab.Setup.of(mode)
                        .listen(encrypted ? PAPERS.listen() : "")
                        .cutover("drain_timeout: 4s, hold_limit: 15s");
        var stop = state.resolve("stop");
        try (var lab = CrossingLab.start(servers, state, setup, at)) {
            // given
            var plain = new Address(lab.proxy().port(), servers.database());
            var address = encrypted ? plain.over(PAPERS.file("ca.pem")) : plain;
            var writers = start(address, stop);
            try (var inside = PgJdbc.connect(address)) {
                awaitMoreOf(writers);

                // when
                at.straddle(inside);
                var there = lab.to("green");
                at.verify();
                awaitMoreOf(writers);
                var back = lab.back();
                awaitMoreOf(writers);

                // then
                switched(there);
                switched(back);
                heldAndDrained(there, back);
            } finally {
                Files.createFile(stop);
            }
            judge(writers);
        }
    }

    /// A driver at work.
    private record Writer(String driver, FutureTask<Written> work) {}

    private static Map<Integer, Writer> start(Address address, Path stop)
            throws InterruptedException {
        var writers = new LinkedHashMap<Integer, Writer>();
        for (var driver : Drivers.all()) {
            if (!driver.writes() || !isThere(driver)) {
                continue;
            }
            int number = writers.size() + 1;
            Callable<Written> write = () -> driver.write(address, number, stop);
            var work = new FutureTask<>(write);
            writers.put(number, new Writer(driver.name(), work));
            Thread.ofPlatform().daemon().name(driver.name()).start(work);
        }
        return writers;
    }

    private static boolean isThere(Driver driver) throws InterruptedException {
        try {
            driver.prepare();
            return true;
        } catch (IOException e) {
            // The matrix names it, and fails where nothing may be missing.
            System.out.println("SKIPPED: " + driver.name() + ": " + e.getMessage());
            return false;
        }
    }

    private void awaitMoreOf(Map<Integer, Writer> writers) throws SQLException {
        var before = rows();
        Awaitility.await("every driver to write on")
                .atMost(PATIENCE)
                .until(
                        () -> {
                            var now = rows();
                            return writers.entrySet().stream()
                                    .allMatch(
                                            writer ->
                                                    writer.getValue().work().isDone()
                                                            || now.getOrDefault(writer.getKey(), 0)
                                                                    >= before.getOrDefault(
                                                                                    writer.getKey(),
                                                                                    0)
                                                                            + MORE_ROWS);
                        });
    }

    /// Rows by writer, on whichever server has more.
    private Map<Integer, Integer> rows() throws SQLException {
        var counts = new LinkedHashMap<Integer, Integer>();
        for (var server : servers.all()) {
            var sql = "select writer || ' ' || count(*) from entry group by writer";
            for (var line : server.column(servers.database(), sql)) {
                var words = line.split(" ", -1);
                counts.merge(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Math::max);
            }
        }
        return counts;
    }

    private static void switched(Report report) {
        assertThat(report.ending().outcome())
                .as(report.ending().message())
                .isEqualTo(Outcome.SWITCHED);
        assertThat(report.pause().clients().failed()).isZero();
    }

    /// Together: a short pause may hold nobody.
    private static void heldAndDrained(Report... reports) {
        int held = 0;
        int drained = 0;
        for (var report : reports) {
            held += report.pause().clients().held();
            drained += report.pause().clients().drained();
        }
        assertThat(held).as("clients held").isPositive();
        assertThat(drained).as("transactions drained").isPositive();
    }

    private void judge(Map<Integer, Writer> writers) throws Exception {
        var all = new SoftAssertions();
        for (var writer : writers.entrySet()) {
            var name = writer.getValue().driver();
            var written = writer.getValue().work().get();
            all.assertThat(written.problem()).as(name).isEmpty();
            var sql =
                    "select count(*) || ' ' || count(distinct number) || ' ' || max(number) from"
                            + " entry where writer = "
                            + writer.getKey();
            int told = written.acknowledged();
            all.assertThat(servers.source().value(servers.database(), sql))
                    .as(name + ": rows, different rows, highest row")
                    .isEqualTo(told + " " + told + " " + told);
        }
        all.assertAll();
    }
}
