package dev.pointsman.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.peer.ScriptedServer;

import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;

import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// What is opened on a server before it serves.
class WarmedTest {
    private static final int LONG = 60;

    /// Each warmed connection dies with one of them.
    private final LinkedBlockingQueue<String> deaths = new LinkedBlockingQueue<>();

    private final CountDownLatch letIn = new CountDownLatch(1);

    @Test
    void isReplacedWhenItDiesUntilWarmingEnds() throws Exception {
        letIn.countDown();
        try (var server = ScriptedServer.listening(this::answer);
                var loops = loops(server)) {
            // given
            loops.use(0, 1).get(LONG, TimeUnit.SECONDS);
            loops.pools().warm("shop", "green").get(LONG, TimeUnit.SECONDS);
            assertThat(green(loops)).containsExactly(2);
            deaths.add("of 2");
            await().untilAsserted(() -> assertThat(green(loops)).containsExactly(3));

            // when
            loops.pools().endWarming("shop", "green").get(LONG, TimeUnit.SECONDS);
            deaths.add("of 3");
            await().until(() -> green(loops).isEmpty());
            loops.tick();

            // then
            assertThat(PoolSlots.taken(loops.pools(), "shop", "green", "app")).isZero();
            assertThat(server.accepted()).isEqualTo(3);
        }
    }

    @Test
    void warmingEndsWhenTheLoginsUnderWayDo() throws Exception {
        try (var server = ScriptedServer.listening(this::answer);
                var loops = loops(server)) {
            // given
            loops.use(0, 1).get(LONG, TimeUnit.SECONDS);
            var warmed = loops.pools().warm("shop", "green");

            // when
            var ended = loops.pools().endWarming("shop", "green");
            loops.tick();

            // then
            assertThat(ended).isNotDone();
            letIn.countDown();
            ended.get(LONG, TimeUnit.SECONDS);
            assertThat(green(loops)).containsExactly(2);
            warmed.get(LONG, TimeUnit.SECONDS);
        }
    }

    private static TwoLoops loops(ScriptedServer server) throws Exception {
        return new TwoLoops(NioIoHandler.newFactory(), NioSocketChannel::new, server.port(), 3);
    }

    private static Set<Integer> green(TwoLoops loops) {
        return loops.pools().pids("shop", "green");
    }

    private void answer(ScriptedServer.Conversation talk) throws InterruptedException {
        if (talk.number() > 1) {
            letIn.await();
            talk.letIn();
            deaths.take();
            return;
        }
        talk.untilTheyGo(
                () -> {
                    talk.letIn();
                    while (talk.receive().type() == 'Q') {
                        talk.sendRows("1");
                    }
                });
    }
}
