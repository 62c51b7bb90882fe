package dev.pointsman.core.session;

import static dev.pointsman.core.session.GateAndSessionTest.close;
import static dev.pointsman.core.session.GateAndSessionTest.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// Transactions that are in the way of a cutover, taken back in both pool modes.
class StragglerTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @ParameterizedTest
    @EnumSource
    void aStragglerThatIsIdleInItsTransactionIsRolledBackAndToldToRetry(PoolMode mode)
            throws Exception {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.begin();
                                    conversation.expectQuery("ROLLBACK");
                                    conversation.sendDone("ROLLBACK", 'I');
                                    // after the gate has opened
                                    assertThat(conversation.expectQuery()).startsWith("BEGIN;");
                                    conversation.sendComplete("BEGIN");
                                    conversation.sendError("42883", "no such function");
                                    conversation.sendReady('E');
                                    conversation.expectQuery("insert 2");
                                    conversation.sendError("25P02", "aborted");
                                    conversation.sendReady('E');
                                    conversation.expectQuery("rollback");
                                    conversation.sendDone("ROLLBACK", 'I');
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            // Given
            client.logIn("app", SessionRig.DATABASE);
            client.run("begin");
            Hold hold = close(rig);

            // When
            hold.inside().getFirst().cancel().get();

            // Then
            assertThat(hold.awaitDrained(LONG)).isTrue();
            client.query("insert 1");
            client.expectError("40001");
            client.expectReady('E');
            client.query("insert 2");
            await().until(() -> rig.gate().counts().waiting() == 1);
            hold.open();
            client.expectError("25P02");
            client.expectReady('E');
            assertThat(types(client.run("rollback"))).isEqualTo("CZ");
            server.awaitScripts();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCommitAfterTheRollbackFailsAndEndsTheTransaction(PoolMode mode) throws Exception {
        var over = new CountDownLatch(1);
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.begin();
                                    conversation.expectQuery("ROLLBACK");
                                    conversation.sendDone("ROLLBACK", 'I');
                                    conversation.until(over);
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);
            client.run("begin");
            close(rig).inside().getFirst().cancel().get();

            client.query("commit");

            client.expectError("40001");
            client.expectReady('I');
            over.countDown();
            server.awaitScripts();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStragglerThatRunsGetsTheTrueOutcomeOfItsCancelledStatement(PoolMode mode)
            throws Exception {
        var cancelled = new CountDownLatch(1);
        var running = new CountDownLatch(1);
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    if (conversation.number() == 2) {
                                        Message request = conversation.expectPacket();
                                        assertThat(request.int32(4)).isEqualTo(1);
                                        assertThat(request.int32(8)).isEqualTo(1_001);
                                        cancelled.countDown();
                                        return;
                                    }
                                    conversation.letIn();
                                    conversation.expectQuery("commit");
                                    running.countDown();
                                    conversation.until(cancelled);
                                    conversation.sendNotice("waiting for a standby was cancelled");
                                    conversation.sendDone("COMMIT", 'I');
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);
            client.query("commit");
            running.await();
            Hold hold = close(rig);

            hold.inside().getFirst().cancel().get();

            assertThat(types(client.expectUpTo('Z'))).isEqualTo("NCZ");
            assertThat(hold.awaitDrained(LONG)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStragglerWhoseStatementFailsIsToldToRetryAndStaysInAFailedTransaction(PoolMode mode)
            throws Exception {
        var cancelled = new CountDownLatch(1);
        var running = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    if (conversation.number() == 2) {
                                        conversation.expectPacket();
                                        cancelled.countDown();
                                        return;
                                    }
                                    conversation.letIn();
                                    conversation.begin();
                                    conversation.expectRun();
                                    running.countDown();
                                    conversation.until(cancelled);
                                    conversation.sendError("57014", "canceling statement");
                                    conversation.expect('H');
                                    // skipped to a Sync of the proxy's own
                                    conversation.expect('S');
                                    conversation.sendReady('E');
                                    conversation.expectQuery("ROLLBACK");
                                    conversation.sendDone("ROLLBACK", 'I');
                                    // what a late cancellation hits instead of the next statement
                                    conversation.expectQuery("");
                                    conversation.send('I', Bytes.empty());
                                    conversation.sendReady('I');
                                    conversation.until(over);
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            // Given: a run whose Sync has not come
            client.logIn("app", SessionRig.DATABASE);
            client.run("begin");
            client.parse("", "select pg_sleep(60)");
            client.bind("");
            client.execute();
            running.await();
            Hold hold = close(rig);

            // When
            hold.inside().getFirst().cancel().get();

            // Then
            client.expectError("40001");
            assertThat(hold.awaitDrained(LONG)).isTrue();
            client.sync();
            client.expectReady('E');
            over.countDown();
            server.awaitScripts();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatRanBehindACancelledStatementAndIsRolledBackIsNotLeftAcknowledged(PoolMode mode)
            throws Exception {
        var cancelled = new CountDownLatch(1);
        var running = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    if (conversation.number() == 2) {
                                        conversation.expectPacket();
                                        cancelled.countDown();
                                        return;
                                    }
                                    conversation.letIn();
                                    conversation.expectQuery("begin");
                                    conversation.expectRun();
                                    running.countDown();
                                    conversation.until(cancelled);
                                    conversation.sendError("57014", "canceling statement");
                                    conversation.sendReady('I');
                                    // in no transaction block, for the cancel has hit the BEGIN
                                    conversation.send('1', Bytes.empty());
                                    conversation.send('2', Bytes.empty());
                                    conversation.sendComplete("INSERT 0 1");
                                    conversation.expect('H');
                                    conversation.expect('P');
                                    conversation.sendError("42601", "syntax error");
                                    conversation.expect('S');
                                    conversation.sendReady('I');
                                    conversation.expectQuery("ROLLBACK");
                                    conversation.sendDone("ROLLBACK", 'I');
                                    conversation.expectQuery("");
                                    conversation.send('I', Bytes.empty());
                                    conversation.sendReady('I');
                                    conversation.until(over);
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            // Given: a pipeline whose Sync has not come
            client.logIn("app", SessionRig.DATABASE);
            client.query("begin");
            client.parse("", "insert");
            client.bind("");
            client.execute();
            running.await();
            Hold hold = close(rig);

            // When
            hold.inside().getFirst().cancel().get();

            // Then
            client.expectError("40001");
            client.expectReady('I');
            client.sync();
            assertThat(types(client.expectUpTo('C'))).isEqualTo("12C");
            client.expectError("40001");
            client.expectReady('I');
            over.countDown();
            server.awaitScripts();
        }
    }
}
