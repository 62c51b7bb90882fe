package dev.pointsman.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// Sessions at a gate that closes and opens, in both pool modes.
class GateAndSessionTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @ParameterizedTest
    @EnumSource
    void aClientIsHeldAtTheClosedGateAndAnsweredWhenItOpens(PoolMode mode) throws Exception {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("select 1");
                                    conversation.sendRows("1");
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            // Given
            client.logIn("app", SessionRig.DATABASE);
            Hold hold = close(rig);

            // When
            client.query("select 1");
            await().until(() -> rig.gate().counts().waiting() == 1);
            assertThat(server.accepted()).isZero();
            assertThat(rig.gate().counts().heldBytes()).isEqualTo(14);
            hold.open();

            // Then
            assertThat(types(client.expectUpTo('Z'))).isEqualTo("TDCZ");
            server.awaitScripts();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTransactionThatIsInsideGoesOnToItsEndAndTheNextOneIsHeld(PoolMode mode) throws Exception {
        var nextMayCome = new CountDownLatch(1);
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("begin");
                                    conversation.sendDone("BEGIN", 'T');
                                    conversation.expectQuery("insert");
                                    conversation.sendDone("INSERT 0 1", 'T');
                                    conversation.expectQuery("commit");
                                    assertThat(conversation.isSilent()).isTrue();
                                    conversation.sendDone("COMMIT", 'I');
                                    conversation.until(nextMayCome);
                                    conversation.expectQuery("select 2");
                                    conversation.sendRows("2");
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            // Given
            client.logIn("app", SessionRig.DATABASE);
            client.run("begin");
            Hold hold = close(rig);
            assertThat(hold.inside()).hasSize(1);
            assertThat(hold.inside().getFirst().idleInTransaction()).isTrue();

            // When: a pipeline without end, as far as this transaction is concerned
            client.query("insert");
            client.query("commit");
            client.query("select 2");

            // Then
            assertThat(types(client.expectUpTo('Z'))).isEqualTo("CZ");
            assertThat(types(client.expectUpTo('Z'))).isEqualTo("CZ");
            assertThat(hold.awaitDrained(LONG)).isTrue();
            await().until(() -> rig.gate().counts().waiting() == 1);
            nextMayCome.countDown();
            hold.open();
            assertThat(types(client.expectUpTo('Z'))).isEqualTo("TDCZ");
            server.awaitScripts();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeldQueryThatIsCancelledIsAnsweredAndNotRun(PoolMode mode) throws Exception {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("select 3");
                                    conversation.sendRows("3");
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            // Given: two whole units and the beginning of a third
            var login = client.logIn("app", SessionRig.DATABASE);
            Hold hold = close(rig);
            client.query("select 1");
            client.parse("", "select 2");
            client.sync();
            client.parse("", "select 4");
            await().until(() -> rig.gate().counts().waiting() == 1);
            await().until(() -> rig.gate().counts().heldBytes() > 45);

            // When
            cancel(rig, login);

            // Then
            client.expectError("57014");
            client.expectReady('I');
            client.expectError("57014");
            client.expectReady('I');
            client.expectError("57014");
            client.bind("");
            client.execute();
            client.sync();
            client.expectReady('I');
            assertThat(rig.gate().counts().waiting()).isZero();
            hold.open().get();
            assertThat(types(client.run("select 3"))).isEqualTo("TDCZ");
            server.awaitScripts();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeldClientThatGoesAwayIsForgotten(PoolMode mode) throws Exception {
        try (var server = ScriptedServer.listening(conversation -> conversation.letIn());
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);
            Hold hold = close(rig);
            client.query("delete from everything");
            await().until(() -> rig.gate().counts().waiting() == 1);

            client.reset();

            await().until(() -> rig.gate().counts().waiting() == 0);
            assertThat(rig.gate().counts().heldBytes()).isZero();
            assertThat(hold.open().get().clientsGone()).isOne();
            assertThat(server.accepted()).isZero();
            assertThat(rig.registry().count()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOrphanedStatementCountsAsInsideUntilTheServerIsDone(PoolMode mode) throws Exception {
        var done = new CountDownLatch(1);
        var running = new CountDownLatch(1);
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("begin; update");
                                    running.countDown();
                                    conversation.until(done);
                                    conversation.sendComplete("BEGIN");
                                    conversation.sendDone("UPDATE 1", 'T');
                                    conversation.expectQuery("ROLLBACK");
                                    conversation.sendDone("ROLLBACK", 'I');
                                    conversation.expectQuery("DISCARD ALL");
                                    conversation.sendDone("DISCARD ALL", 'I');
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            // Given
            client.logIn("app", SessionRig.DATABASE);
            client.query("begin; update");
            running.await();
            Hold hold = close(rig);

            // When
            client.reset();
            await().until(() -> rig.registry().count() == 0);

            // Then
            assertThat(rig.gate().counts().inside()).isOne();
            done.countDown();
            assertThat(hold.awaitDrained(LONG)).isTrue();
            server.awaitScripts();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeldClientIsReadNoFurtherThanItsBound(PoolMode mode) throws Exception {
        int sent = 8 << 20;
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    assertThat(conversation.expect('Q').body()).hasSize(sent);
                                    conversation.sendDone("SELECT 0", 'I');
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);
            Hold hold = close(rig);

            var sender =
                    Thread.ofVirtual()
                            .start(() -> client.send('Q', Bytes.empty().raw(new byte[sent])));
            await().until(() -> rig.gate().counts().heldBytes() >= 1 << 20);

            assertThat(rig.gate().counts().heldBytes()).isLessThan(3 << 20);
            hold.open();
            assertThat(types(client.expectUpTo('Z'))).isEqualTo("CZ");
            sender.join();
            server.awaitScripts();
        }
    }

    static Hold close(SessionRig rig) throws InterruptedException {
        Hold hold = rig.gate().close(new Closer.Pause("test"));
        assertThat(hold.awaitClosed(LONG)).isTrue();
        return hold;
    }

    private static void cancel(SessionRig rig, List<Message> login) {
        Message key = login.stream().filter(message -> message.type() == 'K').findFirst().get();
        try (var canceller = ScriptedClient.connect(rig.port())) {
            canceller.cancel(key.int32(0), Arrays.copyOfRange(key.body(), 4, key.body().length));
            canceller.expectClosed();
        }
    }

    static String types(List<Message> messages) {
        var types = new StringBuilder();
        messages.forEach(message -> types.append(message.type()));
        return types.toString();
    }
}
