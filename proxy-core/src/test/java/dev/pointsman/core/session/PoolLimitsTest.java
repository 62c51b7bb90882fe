package dev.pointsman.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;
import dev.pointsman.core.pool.PoolSlots;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

/// How many server connections there may be, must be, and how soon one is tried again.
class PoolLimitsTest {
    private static final Duration LONG = Duration.ofHours(1);

    @Test
    void whoHasWaitedLongEnoughGetsAConnectionOfTheReserve() {
        try (var server = ScriptedServer.listening(PoolLimitsTest::answerAll);
                var rig = rig(1, server, new Limits.Pool(20, 0, 0, 1, Duration.ofMillis(1), 0, 0));
                var one = ScriptedClient.connect(rig.port());
                var two = ScriptedClient.connect(rig.port());
                var three = ScriptedClient.connect(rig.port())) {
            // given
            one.logIn("app", SessionRig.DATABASE);
            two.logIn("app", SessionRig.DATABASE);
            three.logIn("app", SessionRig.DATABASE);
            one.run("begin");

            // when
            two.run("begin");
            three.query("begin");

            // then
            await().until(() -> waiting(rig) == 1);
            assertThat(server.accepted()).isEqualTo(2);
        }
    }

    @Test
    void anIdleConnectionOfAnotherUserMakesRoomBelowTheDatabasesBound() {
        try (var server = ScriptedServer.listening(PoolLimitsTest::answerAll);
                var rig = rig(5, server, new Limits.Pool(20, 0, 0, 0, LONG, 1, 0));
                var one = ScriptedClient.connect(rig.port());
                var two = ScriptedClient.connect(rig.port())) {
            // given
            one.logIn("app", SessionRig.DATABASE);
            two.logIn("reports", SessionRig.DATABASE);
            one.run("begin");
            two.query("begin");
            await().until(() -> waiting(rig) == 1);
            assertThat(server.accepted()).isEqualTo(1);

            // when
            one.run("commit");

            // then
            two.expectUpTo('Z');
            await().until(() -> taken(rig, "app") == 0);
            assertThat(taken(rig, "reports")).isEqualTo(1);
        }
    }

    @Test
    void aUsersBoundCountsItsConnectionsAlone() {
        try (var server = ScriptedServer.listening(PoolLimitsTest::answerAll);
                var rig = rig(5, server, new Limits.Pool(20, 0, 0, 0, LONG, 0, 1));
                var one = ScriptedClient.connect(rig.port());
                var two = ScriptedClient.connect(rig.port());
                var other = ScriptedClient.connect(rig.port())) {
            // given
            one.logIn("app", SessionRig.DATABASE);
            two.logIn("app", SessionRig.DATABASE);
            other.logIn("reports", SessionRig.DATABASE);

            // when
            one.run("begin");
            other.run("begin");
            two.query("begin");

            // then
            await().until(() -> waiting(rig) == 1);
            assertThat(taken(rig, "app")).isEqualTo(1);
            one.run("commit");
            two.expectUpTo('Z');
        }
    }

    @Test
    void aPoolThatAClientCameToIsFilledToItsMinimum() {
        try (var server = ScriptedServer.listening(PoolLimitsTest::answerAll);
                var rig = rig(5, server, new Limits.Pool(20, 0, 3, 0, LONG, 0, 0));
                var client = ScriptedClient.connect(rig.port())) {
            // when
            client.logIn("app", SessionRig.DATABASE);
            client.run("select");

            // then
            await().until(() -> taken(rig, "app") == 3);
        }
    }

    @Test
    void betweenTwoAttemptsAtARefusingServerClientsAreToldTheLastErrorAtOnce() {
        var limits = Limits.defaults();
        var retry =
                limits.with(
                        new Limits.Servers(
                                Duration.ofSeconds(15),
                                Duration.ofSeconds(600),
                                LONG,
                                LONG,
                                Duration.ofSeconds(10)));
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.expectStartUp();
                                    conversation.sendFatal("28000", "no");
                                });
                var rig =
                        new SessionRig(
                                PoolMode.TRANSACTION, 1, Map.of("blue", server.port()), retry)) {
            int told = 0;
            // when
            for (int i = 0; i < 20; i++) {
                try (var client = ScriptedClient.connect(rig.port())) {
                    client.logIn("app", SessionRig.DATABASE);
                    client.query("select");
                    assertThat(client.expectError("28000").fields().toString()).contains("no");
                    told++;
                }
            }

            // then
            assertThat(told).isEqualTo(20);
            assertThat(server.accepted()).isLessThan(20);
        }
    }

    private static void answerAll(ScriptedServer.Conversation conversation) {
        conversation.untilTheyGo(
                () -> {
                    conversation.letIn();
                    boolean open = false;
                    for (var asked = conversation.receive(); asked.type() == 'Q'; ) {
                        var sql = asked.text();
                        open = sql.equals("begin") || (open && !sql.equals("commit"));
                        conversation.sendDone("OK", open ? 'T' : 'I');
                        asked = conversation.receive();
                    }
                });
    }

    private static int waiting(SessionRig rig) {
        return rig.registry().count(SessionRig.DATABASE, SessionState.WAITING);
    }

    private static int taken(SessionRig rig, String user) {
        return PoolSlots.taken(rig.pools(), SessionRig.DATABASE, "blue", user);
    }

    private static SessionRig rig(int size, ScriptedServer server, Limits.Pool pool) {
        return new SessionRig(
                PoolMode.TRANSACTION,
                size,
                Map.of("blue", server.port()),
                Limits.defaults().with(pool));
    }
}
