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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What is opened on a server before it serves.
class WarmedTest {
    private static final int LONG = 60;

    /// Each warmed connection dies with one of them.
    private final LinkedBlockingQueue<String> deaths = new LinkedBlockingQueue<>();

    private final CountDownLatch letIn = new CountDownLatch(1);

    private final Semaphore answers = new Semaphore(0);

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

    @Test
    void aFewAreOpenedAtOnceUntilAllAreThere() throws Exception {
        var free = new Semaphore(0);
        try (var server = ScriptedServer.listening(talk -> answerSeven(talk, free));
                var loops = loops(server, 7)) {
            // given: seven are in use at once
            var uses = Stream.generate(() -> loops.use(0, 1)).limit(7).toList();
            await().until(() -> PoolSlots.taken(loops.pools(), "shop", "blue", "app") == 7);
            await().until(() -> loops.pools().pids("shop", "blue").size() == 7);

            // when
            var warmed = loops.pools().warm("shop", "green");
            await().until(() -> server.accepted() == 11);
            loops.tick();

            // then
            assertThat(PoolSlots.taken(loops.pools(), "shop", "green", "app")).isEqualTo(4);
            free.release();
            await().until(() -> server.accepted() == 12);
            assertThat(PoolSlots.taken(loops.pools(), "shop", "green", "app")).isEqualTo(5);
            assertThat(warmed).isNotDone();
            free.release(20);
            warmed.get(LONG, TimeUnit.SECONDS);
            assertThat(green(loops)).hasSize(7);
            answers.release(7);
            for (var use : uses) {
                use.get(LONG, TimeUnit.SECONDS);
            }
        }
    }

    /// The first seven do not answer before all may go on; the others get in by a permit each.
    private void answerSeven(ScriptedServer.Conversation talk, Semaphore free)
            throws InterruptedException {
        if (talk.number() > 7) {
            free.acquire();
        }
        talk.untilTheyGo(
                () -> {
                    talk.letIn();
                    while (talk.receive().type() == 'Q') {
                        answers.acquireUninterruptibly();
                        talk.sendRows("1");
                    }
                });
    }

    private static TwoLoops loops(ScriptedServer server) throws Exception {
        return loops(server, 3);
    }

    private static TwoLoops loops(ScriptedServer server, int size) throws Exception {
        return new TwoLoops(NioIoHandler.newFactory(), NioSocketChannel::new, server.port(), size);
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
