package dev.pointsman.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;
import dev.pointsman.core.session.relay.Exit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Server connections that are lost while something runs there: the process at their other end may
/// still commit.
class LostServerTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    private record Question(String server, int pid, Runnable gone) {}

    private final BlockingQueue<Question> asked = new LinkedBlockingQueue<>();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch cut = new CountDownLatch(1);

    private final Exit.Backends backends =
            (_, server, pid, gone) -> asked.add(new Question(server, pid, gone));

    private Question question() throws InterruptedException {
        var question = asked.poll(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(question).as("the question about the lost process").isNotNull();
        return question;
    }

    /// Inside until the server was seen without that process, and drained then.
    private void staysInsideUntilGone(SessionRig rig) throws InterruptedException {
        var hold = GateAndSessionTest.close(rig);
        var question = question();
        assertThat(question.server()).isEqualTo("blue");
        assertThat(rig.gate().counts().inside()).isOne();
        var insider = hold.inside().getFirst();
        assertThat(insider.serverPid()).isEqualTo(question.pid()).isPositive();
        assertThat(insider.doing()).contains("lost");
        assertThat(insider.cancel()).isNotNull();
        assertThat(hold.awaitDrained(Duration.ZERO)).isFalse();

        // when
        question.gone().run();

        // then
        assertThat(hold.awaitDrained(LONG)).isTrue();
        assertThat(rig.gate().counts().inside()).isZero();
        hold.open();
    }

    @ParameterizedTest
    @EnumSource
    void aStatementWhoseConnectionIsLostCountsAsInsideUntilItsProcessIsGone(PoolMode mode)
            throws Exception {
        losesAStatement(mode, _ -> {}, "08007");
    }

    /// A process that says that it ends has not ended yet.
    @ParameterizedTest
    @EnumSource
    void aServerThatSaysGoodbyeIsNotTakenAtItsWord(PoolMode mode) throws Exception {
        losesAStatement(mode, talk -> talk.sendFatal("57P01", "terminating connection"), "57P01");
    }

    /// The server's last words are `goodbye`; the client is told `state`.
    private void losesAStatement(PoolMode mode, ScriptedServer.Script goodbye, String state)
            throws Exception {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("update");
                                    goodbye.play(conversation);
                                    conversation.close();
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            rig.backends(backends);
            client.logIn("app", SessionRig.DATABASE);
            client.query("update");

            client.expectError(state);
            client.expectClosed();
            staysInsideUntilGone(rig);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatIsLostAfterItsClientCountsAsInsideToo(PoolMode mode) throws Exception {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("update");
                                    running.countDown();
                                    conversation.until(cut);
                                    conversation.close();
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            rig.backends(backends);
            client.logIn("app", SessionRig.DATABASE);
            client.query("update");
            running.await();
            client.reset();
            await().atMost(LONG).until(() -> rig.registry().count() == 0);
            cut.countDown();

            staysInsideUntilGone(rig);
        }
    }

    /// Nothing can be said behind half a message, so its connection is closed; what runs in front
    /// of it would not notice that for as long as it runs.
    @ParameterizedTest
    @EnumSource
    void whatAClientLeavesInTheMiddleOfAMessageIsCancelledOnce(PoolMode mode) throws Exception {
        var cancelled = new CountDownLatch(1);
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    if (conversation.number() == 2) {
                                        var request = conversation.expectPacket();
                                        assertThat(request.int32(4)).isEqualTo(1);
                                        cancelled.countDown();
                                        return;
                                    }
                                    conversation.letIn();
                                    conversation.expectQuery("copy entry from stdin");
                                    conversation.send('G', Bytes.empty().int8(0).int16(0));
                                    conversation.until(cancelled);
                                    conversation.close();
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            rig.backends(backends);
            client.logIn("app", SessionRig.DATABASE);
            client.query("copy entry from stdin");
            client.expect('G');
            client.send(new byte[] {'d', 0, 0, 4, 0, 1, 2, 3});

            // when
            client.halfClose();

            // then
            assertThat(cancelled.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            staysInsideUntilGone(rig);
        }
    }

    /// A server keeps the answers to a run for itself until its Sync or a Flush: it would say
    /// nothing to anybody, and keep what the run has locked.
    @ParameterizedTest
    @EnumSource
    void aRunThatAClientLeavesWithoutItsSyncIsRolledBack(PoolMode mode) throws Exception {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expect('P');
                                    conversation.expect('B');
                                    conversation.expect('E');
                                    running.countDown();
                                    conversation.expect('H');
                                    conversation.send('1', Bytes.empty());
                                    conversation.send('2', Bytes.empty());
                                    conversation.sendComplete("INSERT 0 1");
                                    // a Sync alone would commit
                                    conversation.expect('P');
                                    conversation.sendError("42601", "syntax error");
                                    conversation.expect('S');
                                    conversation.sendReady('I');
                                    conversation.expectQuery("ROLLBACK");
                                    conversation.sendDone("ROLLBACK", 'I');
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);
            client.parse("", "insert");
            client.bind("");
            client.execute();
            running.await();

            // when
            client.reset();

            // then
            await().atMost(LONG).until(() -> rig.registry().count() == 0);
            var hold = GateAndSessionTest.close(rig);
            assertThat(hold.awaitDrained(LONG)).isTrue();
            hold.open();
        }
    }
}
