package dev.pointsman.cli.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pointsman.cli.real.EmbeddedRealServer;
import dev.pointsman.cli.real.RealServers;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that goes and comes back while clients write, who connect again when they must.
@Tag("real")
class RestartTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @RegisterExtension static final RealServers servers = RealServers.shared(18);

    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final List<Thread> writers = new ArrayList<>();
    private volatile boolean over;

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void clientsGoOnOnceTheServerIsBackAndNothingAcknowledgedIsLost(String mode) throws Exception {
        try (var proxy = proxy("{mode: " + mode + ", size: " + (isSession(mode) ? 20 : 3) + "}")) {
            var counts = write(proxy, 6);
            awaitProgress(counts);

            // when
            servers.source().stop();
            servers.source().restart();

            // then
            awaitProgress(counts);

            // when
            servers.source().crash();
            servers.source().restart();

            // then
            awaitProgress(counts);
            endsWell(proxy);
        }
    }

    /// Then the server ends all others at once, each with some last bytes and a reset behind them.
    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void clientsGoOnAfterOneServerProcessWasKilled(String mode) throws Exception {
        assumeTrue(servers.source() instanceof EmbeddedRealServer, "its processes are not ours");
        try (var proxy = proxy("{mode: " + mode + ", size: 16}")) {
            var counts = write(proxy, 16);
            for (int i = 0; i < 4; i++) {
                awaitProgress(counts);
                // when
                ProcessHandle.of(somePid()).ifPresent(ProcessHandle::destroyForcibly);
            }

            // then
            awaitProgress(counts);
            endsWell(proxy);
        }
    }

    private static boolean isSession(String mode) {
        return mode.equals("session");
    }

    private static long somePid() throws SQLException {
        var pids =
                "select pid from pg_stat_activity where usename = '"
                        + RunningProxy.USER
                        + "' limit 1";
        return Long.parseLong(servers.source().value(servers.database(), pids));
    }

    private static RunningProxy proxy(String pool) throws Exception {
        var database = servers.database();
        servers.source().execute(database, "create table entry (writer int, number int)");
        var proxy = RunningProxy.before(servers.source(), database, pool);
        servers.source().execute(database, "grant all on entry to " + RunningProxy.USER);
        return proxy;
    }

    /// Lets so many clients write; what each has written is counted.
    private List<AtomicInteger> write(RunningProxy proxy, int clients) {
        var counts = new ArrayList<AtomicInteger>();
        for (int i = 0; i < clients; i++) {
            int writer = i;
            var count = new AtomicInteger();
            counts.add(count);
            writers.add(Thread.ofVirtual().start(() -> write(proxy, writer, count)));
        }
        return counts;
    }

    private void endsWell(RunningProxy proxy) throws Exception {
        over = true;
        for (var writer : writers) {
            assertThat(writer.join(LONG)).isTrue();
        }
        assertThat(wrong).isEmpty();
        assertThat(
                        servers.source()
                                .column(
                                        servers.database(),
                                        "select writer || ' ' || number from entry"))
                .doesNotHaveDuplicates()
                .containsAll(acknowledged);
        await().atMost(LONG).until(() -> proxy.proxy().sessions().count() == 0);
        var gate = proxy.proxy().gates().of(servers.database());
        // a lost process is looked for until it is seen to be gone
        await().atMost(LONG).until(() -> gate.counts().inside() == 0);
        assertThat(gate.counts().waiting()).isZero();
        await().atMost(LONG)
                .until(
                        () ->
                                proxy.proxy().pools().pools().stream()
                                        .allMatch(
                                                pool ->
                                                        pool.svActive() == 0
                                                                && pool.clWaiting() == 0
                                                                && pool.svLogin() == 0));
    }

    private static void awaitProgress(List<AtomicInteger> counts) {
        var before = counts.stream().map(AtomicInteger::get).toList();
        for (int i = 0; i < counts.size(); i++) {
            int writer = i;
            await().atMost(LONG).until(() -> counts.get(writer).get() > before.get(writer) + 10);
        }
    }

    /// Writes one number after the other, each once: whether one that failed was written is not
    /// known.
    private void write(RunningProxy proxy, int writer, AtomicInteger count) {
        int number = 0;
        while (!over) {
            try (var connection = proxy.connect()) {
                while (!over) {
                    number++;
                    var told = insert(connection, writer, number);
                    if (!told.equals(writer + " " + number)) {
                        wrong.add("asked for " + writer + " " + number + ", told " + told);
                    }
                    acknowledged.add(told);
                    count.incrementAndGet();
                }
            } catch (SQLException e) {
                if (e.getSQLState() == null || !e.getSQLState().matches("08.*|57P.*|53300")) {
                    wrong.add(e.getSQLState() + " " + e.getMessage());
                }
            }
        }
    }

    private static String insert(Connection connection, int writer, int number)
            throws SQLException {
        return RunningProxy.value(
                connection,
                "insert into entry values (%d, %d) returning writer || ' ' || number"
                        .formatted(writer, number));
    }
}
