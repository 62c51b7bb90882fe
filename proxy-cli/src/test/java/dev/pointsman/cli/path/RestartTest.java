package dev.pointsman.cli.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
    private static final int WRITERS = 6;

    @RegisterExtension static final RealServers servers = RealServers.shared(18);

    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void clientsGoOnOnceTheServerIsBackAndNothingAcknowledgedIsLost(String mode) throws Exception {
        servers.source().execute(servers.database(), "create table entry (writer int, number int)");
        try (var proxy =
                RunningProxy.before(
                        servers.source(),
                        servers.database(),
                        "{mode: " + mode + ", size: " + (mode.equals("session") ? 20 : 3) + "}")) {
            servers.source()
                    .execute(servers.database(), "grant all on entry to " + RunningProxy.USER);
            var writers = new ArrayList<Thread>();
            var counts = new ArrayList<AtomicInteger>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                var count = new AtomicInteger();
                counts.add(count);
                writers.add(Thread.ofVirtual().start(() -> write(proxy, writer, count)));
            }
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
            assertThat(gate.counts().inside()).isZero();
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
