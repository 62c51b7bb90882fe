package dev.pointsman.cli.cutover.straggle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cluster.backend.LostBackends;
import dev.pointsman.core.cutover.run.Step;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// What a real server says of processes that nobody is connected to any more.
@Tag("real")
class LostBackendTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    private static final int NUMBERS = 1_000;

    @TempDir Path state;

    @Test
    void aProcessIsWatchedForAsLongAsTheServerShowsIt() throws Exception {
        var ended = new AtomicBoolean();
        var seenGone = new CompletableFuture<Boolean>();
        var setup = Setup.of("transaction");
        try (var lab = CrossingLab.start(servers, state, setup, Step.Watch.NONE);
                var lost = new LostBackends(lab.proxy().clusters());
                var connection = servers.source().connect(servers.database())) {
            // given: one that is there, and is looked at
            int pid = Sql.one(connection, "select pg_backend_pid()", row -> row.getInt(1));
            lost.awaitGone(servers.database(), "blue", pid, () -> seenGone.complete(ended.get()));
            Awaitility.await("a look at it")
                    .atMost(Duration.ofMinutes(2))
                    .until(
                            () ->
                                    servers.source()
                                            .value(
                                                    "postgres",
                                                    "select count(*) from pg_stat_activity where"
                                                            + " application_name like 'pointsman/%'"
                                                            + " and datname = '"
                                                            + servers.database()
                                                            + "' and query like '%backend_start%'")
                                            .equals("1"));

            // when
            ended.set(true);
            servers.source().execute("postgres", "select pg_terminate_backend(" + pid + ")");

            // then
            assertThat(seenGone.get(2, TimeUnit.MINUTES)).isTrue();
        }
    }

    /// A server that was restarted gives the numbers to others.
    @Test
    void processesThatBeganLaterAreNotTheLostOnes() throws Exception {
        var setup = Setup.of("transaction");
        try (var lab = CrossingLab.start(servers, state, setup, Step.Watch.NONE);
                var lost = new LostBackends(lab.proxy().clusters())) {
            servers.source().stop();
            // given: the numbers that the system gives out next
            var next = (int) new ProcessBuilder("true").start().pid();
            var gone = new CountDownLatch(NUMBERS);
            for (int pid = next; pid < next + NUMBERS; pid++) {
                lost.awaitGone(servers.database(), "blue", pid, gone::countDown);
            }

            // when
            servers.source().restart();

            // then
            assertThat(gone.await(2, TimeUnit.MINUTES)).isTrue();
        }
    }
}
