package dev.pointsman.core.session;

import static dev.pointsman.core.session.GateAndSessionTest.close;
import static dev.pointsman.core.session.GateAndSessionTest.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// A client that has sent Parse, Bind and Execute without their Sync is in the way of a cutover, in
/// both pool modes.
class UnfinishedRunTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    /// A server keeps the answers to a run for itself until its Sync or a Flush.
    private static void answerRun(ScriptedServer.Conversation conversation, String tag) {
        conversation.expect('H');
        conversation.send('1', Bytes.empty());
        conversation.send('2', Bytes.empty());
        conversation.sendComplete(tag);
        // a Sync alone would commit
        conversation.expect('P');
        conversation.sendError("42601", "syntax error");
        conversation.expect('S');
    }

    private static void sendRun(ScriptedClient client, String sql) {
        client.parse("", sql);
        client.bind("");
        client.execute();
    }

    /// Answers whatever the proxy asks of its own, up to this message.
    private static void answerOwnUpTo(char type, ScriptedServer.Conversation conversation) {
        for (var message = conversation.receive();
                message.type() != type;
                message = conversation.receive()) {
            conversation.sendDone("DONE", 'I');
        }
    }

    /// Takes a run, says what it did when asked, and how things stand when it has failed; then
    /// rolls back. The second connection brings the cancel request.
    private static ScriptedServer rollingBack(CountDownLatch running, String tag, char status)
            throws Exception {
        return ScriptedServer.listening(
                conversation -> {
                    if (conversation.number() == 2) {
                        conversation.expectPacket();
                        return;
                    }
                    conversation.letIn();
                    conversation.expectRun();
                    running.countDown();
                    answerRun(conversation, tag);
                    conversation.sendReady(status);
                    conversation.expectQuery("ROLLBACK");
                    conversation.sendDone("ROLLBACK", 'I');
                    conversation.untilTheyGo(() -> answerOwnUpTo('X', conversation));
                });
    }

    @ParameterizedTest
    @EnumSource
    void aRunWhoseSyncHasNotComeIsRolledBackAndSkippedToIt(PoolMode mode) throws Exception {
        var running = new CountDownLatch(1);
        try (var server = rollingBack(running, "INSERT 0 1", 'I');
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            // Given
            client.logIn("app", SessionRig.DATABASE);
            sendRun(client, "insert 1");
            running.await();
            Hold hold = close(rig);

            // When
            boolean givenUp = hold.inside().getFirst().cancel().get();

            // Then
            assertThat(givenUp).isTrue();
            assertThat(hold.awaitDrained(LONG)).isTrue();
            sendRun(client, "insert 2");
            client.sync();
            assertThat(types(client.expectUpTo('C'))).isEqualTo("12C");
            client.expectError("40001");
            client.expectReady('I');
        }
    }

    /// What the last ReadyForQuery said is not how things stand behind a BEGIN that came since.
    @ParameterizedTest
    @EnumSource
    void aBlockThatARunHasBegunStaysFailed(PoolMode mode) throws Exception {
        var running = new CountDownLatch(1);
        try (var server = rollingBack(running, "BEGIN", 'E');
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);
            sendRun(client, "begin");
            running.await();

            close(rig).inside().getFirst().cancel().get();

            client.sync();
            assertThat(types(client.expectUpTo('C'))).isEqualTo("12C");
            client.expectError("40001");
            client.expectReady('E');
        }
    }

    /// To say 40001 would have the client do again what was done.
    @ParameterizedTest
    @EnumSource
    void aCommitInARunStandsAndTheRestOfTheRunIsAnotherTransaction(PoolMode mode) throws Exception {
        var running = new CountDownLatch(1);
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    if (conversation.number() == 2) {
                                        conversation.expectPacket();
                                        return;
                                    }
                                    conversation.letIn();
                                    conversation.expectRun();
                                    running.countDown();
                                    answerRun(conversation, "COMMIT");
                                    conversation.sendReady('I');
                                    answerOwnUpTo('S', conversation);
                                    conversation.sendReady('I');
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            // Given
            client.logIn("app", SessionRig.DATABASE);
            sendRun(client, "commit");
            running.await();
            Hold hold = close(rig);

            // When
            boolean givenUp = hold.inside().getFirst().cancel().get();

            // Then
            assertThat(givenUp).isFalse();
            assertThat(types(client.expectUpTo('C'))).isEqualTo("12C");
            client.sync();
            await().until(() -> rig.gate().counts().waiting() == 1);
            hold.open();
            client.expectReady('I');
            server.awaitScripts();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRunThatStopsInTheMiddleOfAMessageIsRolledBackBehindIt(PoolMode mode) throws Exception {
        var running = new CountDownLatch(1);
        var asked = new CountDownLatch(1);
        byte[] half = {'E', 0, 0, 0, 9, 0};
        byte[] rest = {0, 0, 0, 0};
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    if (conversation.number() == 2) {
                                        conversation.expectPacket();
                                        asked.countDown();
                                        return;
                                    }
                                    conversation.letIn();
                                    conversation.expectRun();
                                    running.countDown();
                                    conversation.expect('E');
                                    conversation.expect('H');
                                    conversation.send('1', Bytes.empty());
                                    conversation.send('2', Bytes.empty());
                                    conversation.sendComplete("INSERT 0 1");
                                    conversation.sendComplete("INSERT 0 2");
                                    conversation.expect('P');
                                    conversation.sendError("42601", "syntax error");
                                    conversation.expect('S');
                                    conversation.sendReady('I');
                                    conversation.expectQuery("ROLLBACK");
                                    conversation.sendDone("ROLLBACK", 'I');
                                    conversation.untilTheyGo(
                                            () -> answerOwnUpTo('X', conversation));
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            // Given
            client.logIn("app", SessionRig.DATABASE);
            sendRun(client, "insert");
            client.send(half);
            running.await();
            var cancelled = close(rig).inside().getFirst().cancel();
            asked.await();

            // When
            client.send(rest);

            // Then
            assertThat(cancelled.get()).isTrue();
            client.sync();
            assertThat(types(client.expectUpTo('C'))).isEqualTo("12C");
            assertThat(types(client.expectUpTo('C'))).isEqualTo("C");
            client.expectError("40001");
            client.expectReady('I');
        }
    }
}
