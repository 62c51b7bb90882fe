package dev.pointsman.core.cluster.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.config.Shop;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Processes of a server that cannot be reached.
class LostBackendsTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    private final CountDownLatch gone = new CountDownLatch(1);

    @Test
    void aServerThatDoesNotAnswerIsSilentAndNobodyIsTakenForGone() throws Exception {
        try (var lost = new LostBackends(clusters(1))) {
            assertThat(lost.isSilent("shop")).isFalse();

            // when
            lost.awaitGone("shop", "blue", 1, gone::countDown);

            // then
            await().atMost(LONG).until(() -> lost.isSilent("shop"));
            assertThat(lost.isSilent("orders")).isFalse();
            assertThat(gone.getCount()).isOne();
        }
    }

    @Test
    void oneThatCannotBeToldKeepsNobodyElseFromIt() throws Exception {
        var refuses = new AtomicBoolean();
        try (var server =
                        ScriptedServer.listening(
                                talk -> {
                                    if (refuses.get()) {
                                        talk.expectStartUp();
                                        talk.sendFatal("28000", "you are not let in");
                                    }
                                    talk.close();
                                });
                var lost = new LostBackends(clusters(server.port()))) {
            // given: both are asked about together
            lost.awaitGone(
                    "shop",
                    "blue",
                    1,
                    () -> {
                        throw new IllegalStateException("scripted");
                    });
            await().atMost(LONG).until(() -> lost.isSilent("shop"));
            lost.awaitGone("shop", "blue", 2, gone::countDown);

            // when: nobody will ever tell
            refuses.set(true);

            // then
            assertThat(gone.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(lost.isSilent("shop")).isFalse();
        }
    }

    private static Clusters clusters(int port) throws Exception {
        return new Clusters("test", Shop.config(port).databases());
    }
}
