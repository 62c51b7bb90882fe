package dev.pointsman.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.PathRig;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.atomic.AtomicInteger;

/// Server connections that nobody has used for a while, or that have lived for long enough.
class IdleCloseTest {
    private final AtomicInteger goodbyes = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(strings = {"server_idle_timeout: 300ms", "server_lifetime: 300ms"})
    void areClosedWithAGoodbyeAndOpenedAnewForWhoComesThen(String limit) {
        try (var server = ScriptedServer.listening(this::answer);
                var rig =
                        new PathRig(
                                server.port(),
                                "{mode: transaction, size: 2}",
                                "limits: {" + limit + "}");
                var client = rig.logIn()) {
            client.run("select 1");
            int before = goodbyes.get();

            // then
            await().until(() -> goodbyes.get() > before);

            // when
            int opened = server.accepted();
            client.run("select 2");

            // then
            assertThat(server.accepted()).isGreaterThan(opened);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"server_idle_timeout: 300ms"})
    void stayAsFarAsThePoolHasAMinimum(String limit) {
        try (var server = ScriptedServer.listening(this::answer);
                var rig =
                        new PathRig(
                                server.port(),
                                "{mode: transaction, size: 2}",
                                "limits: {min_pool_size: 1, " + limit + "}");
                var client = rig.logIn();
                var other = rig.logIn()) {
            // given: two connections
            client.run("begin");
            other.run("select 1");
            client.run("commit");

            // then: one of them stays
            await().until(() -> goodbyes.get() == 1);
            int opened = server.accepted();
            client.run("select 2");
            assertThat(server.accepted()).isEqualTo(opened);
        }
    }

    private void answer(ScriptedServer.Conversation talk) {
        talk.untilTheyGo(
                () -> {
                    talk.letIn();
                    for (var asked = talk.receive(); ; asked = talk.receive()) {
                        if (asked.type() == 'X') {
                            goodbyes.incrementAndGet();
                            return;
                        }
                        switch (asked.text()) {
                            case "begin" -> talk.sendDone("BEGIN", 'T');
                            case "commit" -> talk.sendDone("COMMIT", 'I');
                            default -> talk.sendRows("1");
                        }
                    }
                });
    }
}
