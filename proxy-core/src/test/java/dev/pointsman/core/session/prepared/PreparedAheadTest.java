package dev.pointsman.core.session.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.ScriptedServer;
import dev.pointsman.core.peer.ScriptedServer.Conversation;
import dev.pointsman.core.session.CancelClient;
import dev.pointsman.core.session.SessionRig;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// Statements of SQL's PREPARE that are made anew in front of what their client sends, and that
/// wait for a table: whoever wants the client's statement to end gets past them.
class PreparedAheadTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int CANCEL = 80_877_102;
    private static final String ONE = "prepare s as select * from t";
    private static final String TWO = "prepare u as select * from t";

    /// The cancel requests, in the order in which they come.
    private final List<CountDownLatch> cancels =
            List.of(new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1));

    private final CountDownLatch waits = new CountDownLatch(1);

    /// The first connection is the pool's only one.
    private ScriptedServer server(ScriptedServer.Script behind) {
        return ScriptedServer.listening(
                on -> {
                    if (on.number() > 1) {
                        assertThat(on.expectPacket().int32(0)).isEqualTo(CANCEL);
                        cancels.get(on.number() - 2).countDown();
                        return;
                    }
                    on.letIn();
                    expect(on, ONE, "PREPARE");
                    tell(on, "s", ONE);
                    expect(on, TWO, "PREPARE");
                    tell(on, "s", ONE, "u", TWO);
                    for (int i = 0; i < 2; i++) {
                        assertThat(on.expectQuery()).startsWith("DEALLOCATE ");
                        on.sendDone("DEALLOCATE", 'I');
                    }
                    expect(on, "select 2", "SELECT 1");
                    assertThat(on.expectQuery()).isIn(ONE, TWO);
                    waits.countDown();
                    behind.play(on);
                });
    }

    private static SessionRig before(ScriptedServer server, Limits limits) {
        return new SessionRig(PoolMode.TRANSACTION, 1, Map.of("blue", server.port()), limits);
    }

    /// Brings it to where the first client's statements wait for a table.
    private void begin(CancelClient first, CancelClient second, String sql)
            throws InterruptedException {
        first.peer().run(ONE);
        first.peer().run(TWO);
        second.peer().run("select 2");
        first.query(sql);
        waits.await();
    }

    private void hitBoth(Conversation on) {
        hit(on, 0);
        assertThat(on.expectQuery()).isIn(ONE, TWO);
        hit(on, 1);
    }

    private void hit(Conversation on, int which) {
        on.until(cancels.get(which));
        on.sendError("57014", "canceling statement due to user request");
        on.sendReady('I');
    }

    private static void expect(Conversation on, String sql, String tag) {
        on.expectQuery(sql);
        on.sendDone(tag, 'I');
    }

    /// What becomes of a connection that was cancelled and that lacks what it should have.
    private static void expectCleaning(Conversation on) {
        on.expectQuery("");
        on.send('I', Bytes.empty());
        on.sendReady('I');
        expect(on, "DISCARD ALL", "DISCARD ALL");
    }

    private static void tell(Conversation on, String... statements) {
        assertThat(on.expectQuery()).contains("pg_prepared_statement()");
        for (int i = 0; i < statements.length; i += 2) {
            var row = Bytes.empty().int16(3);
            for (String value : List.of("p", statements[i], statements[i + 1])) {
                var bytes = value.getBytes(StandardCharsets.UTF_8);
                row.int32(bytes.length).raw(bytes);
            }
            on.send('D', row);
        }
        on.sendDone("SELECT", 'I');
    }

    @Test
    void aCancelRequestGetsPastThemToTheClientsStatement() throws InterruptedException {
        try (var server =
                        server(
                                on -> {
                                    hitBoth(on);
                                    on.expectQuery("select 3");
                                    hit(on, 2);
                                    expectCleaning(on);
                                    expect(on, "select 4", "SELECT 1");
                                });
                var rig = before(server, Limits.defaults());
                var first = CancelClient.of(rig);
                var second = CancelClient.of(rig)) {
            begin(first, second, "select 3");

            first.cancel().expectClosed();

            first.peer().expectError("57014");
            first.peer().expectReady('I');
            assertThat(second.peer().run("select 4")).hasSize(2);
            server.awaitScripts();
        }
    }

    @Test
    void aClientWhoseTimeIsOverLeavesNothingThatWaits() throws InterruptedException {
        var none = Duration.ZERO;
        var times = new Limits.Times(none, LIMIT, none, none, none);
        try (var server =
                        server(
                                on -> {
                                    hitBoth(on);
                                    on.expectQuery("select 3");
                                    hit(on, 2);
                                    expectCleaning(on);
                                    expect(on, "select 4", "SELECT 1");
                                });
                var rig = before(server, Limits.defaults().with(times));
                var first = CancelClient.of(rig);
                var second = CancelClient.of(rig)) {
            begin(first, second, "select 3");

            rig.passTime(LIMIT.multipliedBy(2));

            first.peer().expectError("57014");
            first.peer().expectClosed();
            assertThat(second.peer().run("select 4")).hasSize(2);
            server.awaitScripts();
        }
    }

    @Test
    void aCutoverGetsPastThem() throws Exception {
        var over = new CountDownLatch(1);
        try (var server =
                        server(
                                on -> {
                                    hitBoth(on);
                                    on.expectQuery("select 3");
                                    hit(on, 2);
                                    expectCleaning(on);
                                    on.until(over);
                                });
                var rig = before(server, Limits.defaults());
                var first = CancelClient.of(rig);
                var second = CancelClient.of(rig)) {
            begin(first, second, "select 3");
            Hold hold = rig.gate().close(new Closer.Pause("test"));
            assertThat(hold.awaitClosed(LONG)).isTrue();

            hold.inside().getFirst().cancel().get();

            first.peer().expectError("40001");
            first.peer().expectReady('I');
            assertThat(hold.awaitDrained(LONG)).isTrue();
            over.countDown();
        }
    }
}
