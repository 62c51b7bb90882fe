package dev.pointsman.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// Limits of time on what a session does, on a clock of the test's own.
class TimeLimitsTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration LESS = Duration.ofSeconds(6);
    private static final Duration NONE = Duration.ZERO;

    @ParameterizedTest
    @EnumSource
    void aClientThatIsSilentBetweenTransactionsIsToldAndLeaves(PoolMode mode) {
        var over = new CountDownLatch(1);
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("select 1");
                                    conversation.sendRows("1");
                                    over.await();
                                });
                var rig = rig(mode, server, new Limits.Times(NONE, NONE, LIMIT, NONE, NONE));
                var client = ScriptedClient.connect(rig.port())) {
            // given
            client.logIn("app", SessionRig.DATABASE);
            rig.passTime(LESS);
            client.run("select 1");
            await().until(() -> rig.registry().snapshot().getFirst().state() == SessionState.IDLE);
            rig.passTime(LESS);
            assertThat(rig.registry().count()).isEqualTo(1);

            // when
            rig.passTime(LESS);

            // then
            assertThat(client.expectError("57P05").fields().get('M'))
                    .contains("client_idle_timeout", "10s");
            client.expectClosed();
            await().until(() -> rig.registry().count() == 0);
            over.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTransactionWhoseClientIsSilentIsRolledBack(PoolMode mode) {
        try (var server = ScriptedServer.listening(TimeLimitsTest::untilRolledBack);
                var rig = rig(mode, server, new Limits.Times(NONE, NONE, NONE, LIMIT, NONE));
                var client = ScriptedClient.connect(rig.port())) {
            // given
            client.logIn("app", SessionRig.DATABASE);
            client.run("begin");
            rig.passTime(LESS);
            client.run("update");
            rig.passTime(LESS);
            assertThat(rig.registry().count()).isEqualTo(1);

            // when
            rig.passTime(LESS);

            // then
            assertThat(client.expectError("25P03").fields().get('M'))
                    .contains("idle_transaction_timeout");
            client.expectClosed();
            await().until(() -> rig.gate().counts().inside() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTransactionThatTakesTooLongIsGivenUpHoweverBusyItIs(PoolMode mode) {
        try (var server = ScriptedServer.listening(TimeLimitsTest::untilRolledBack);
                var rig = rig(mode, server, new Limits.Times(NONE, NONE, NONE, NONE, LIMIT));
                var client = ScriptedClient.connect(rig.port())) {
            // given
            client.logIn("app", SessionRig.DATABASE);
            client.run("begin");
            rig.passTime(LESS);
            client.run("update");

            // when
            rig.passTime(LESS);

            // then
            client.expectError("25P04");
            client.expectClosed();
            await().until(() -> rig.gate().counts().inside() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStatementThatRunsTooLongIsCancelledAtTheServer(PoolMode mode) {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    if (conversation.number() == 2) {
                                        conversation.expectPacket();
                                        return;
                                    }
                                    conversation.letIn();
                                    conversation.expectQuery("select slowly");
                                    conversation.expectClosed();
                                });
                var rig = rig(mode, server, new Limits.Times(NONE, LIMIT, NONE, NONE, NONE));
                var client = ScriptedClient.connect(rig.port())) {
            // given
            client.logIn("app", SessionRig.DATABASE);
            client.query("select slowly");
            await().until(() -> rig.gate().counts().inside() == 1);
            rig.passTime(LESS);
            assertThat(rig.registry().count()).isEqualTo(1);

            // when
            rig.passTime(LESS);

            // then
            assertThat(client.expectError("57014").fields().get('M')).contains("query_timeout");
            client.expectClosed();
            await().until(() -> server.accepted() == 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeldClientIsBeyondNoLimit(PoolMode mode) throws Exception {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("select 1");
                                    conversation.sendRows("1");
                                });
                var rig = rig(mode, server, new Limits.Times(LIMIT, LIMIT, LIMIT, LIMIT, LIMIT));
                var client = ScriptedClient.connect(rig.port())) {
            // given
            client.logIn("app", SessionRig.DATABASE);
            Hold hold = rig.gate().close(new Closer.Cutover(1));
            client.query("select 1");
            await().until(() -> rig.gate().counts().waiting() == 1);

            // when
            rig.passTime(Duration.ofHours(1));
            hold.open().get();

            // then
            assertThat(client.expectUpTo('Z')).hasSize(4);
        }
    }

    private static void untilRolledBack(ScriptedServer.Conversation conversation) {
        conversation.letIn();
        conversation.begin();
        conversation.expectQuery("update");
        conversation.sendDone("UPDATE 1", 'T');
        conversation.expectQuery("ROLLBACK");
        conversation.sendDone("ROLLBACK", 'I');
    }

    private static SessionRig rig(PoolMode mode, ScriptedServer server, Limits.Times times) {
        return new SessionRig(
                mode, 1, Map.of("blue", server.port()), Limits.defaults().with(times));
    }
}
