package dev.pointsman.core.server.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.config.Limits;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class NamesTest {
    private static final InetAddress OLD = InetAddress.ofLiteral("10.0.0.1");
    private static final InetAddress NEW = InetAddress.ofLiteral("10.0.0.2");

    private final MockTicker ticker = Ticker.newMockTicker();
    private final ConcurrentLinkedQueue<InetAddress> answers = new ConcurrentLinkedQueue<>();
    private final Names names =
            new Names(
                    () -> new Limits.Dns(Duration.ofSeconds(15), Duration.ofSeconds(3)),
                    host -> {
                        var answer = answers.poll();
                        if (answer == null) {
                            throw new UnknownHostException(host);
                        }
                        return new InetAddress[] {answer};
                    },
                    ticker);

    @Test
    void aNameIsLookedUpAnewWhenItsTimeIsOver() throws Exception {
        answers.add(OLD);
        answers.add(NEW);

        assertThat(names.find("db").get()).containsExactly(OLD);
        ticker.advance(14, TimeUnit.SECONDS);
        assertThat(names.find("db").get()).containsExactly(OLD);
        assertThat(names.rows())
                .containsExactly(new Names.Row("db", Duration.ofSeconds(1), List.of(OLD)));
        ticker.advance(1, TimeUnit.SECONDS);
        assertThat(names.rows()).isEmpty();
        assertThat(names.find("db").get()).containsExactly(NEW);
        assertThat(names.lookups()).isEqualTo(2);
    }

    @Test
    void thatNobodyKnowsANameIsRememberedForItsOwnTime() throws Exception {
        assertThatThrownBy(() -> names.find("db").get())
                .hasCauseInstanceOf(UnknownHostException.class);
        answers.add(NEW);

        ticker.advance(2, TimeUnit.SECONDS);
        assertThatThrownBy(() -> names.find("db").get())
                .hasCauseInstanceOf(UnknownHostException.class);
        ticker.advance(1, TimeUnit.SECONDS);
        assertThat(names.find("db").get()).containsExactly(NEW);
    }

    @Test
    void thoseWhoAskAtOnceShareOneLookupAndAreNotBlocked() throws Exception {
        var go = new CountDownLatch(1);
        var slow =
                new Names(
                        () -> Limits.defaults().dns(),
                        _ -> {
                            try {
                                go.await();
                            } catch (InterruptedException _) {
                                Thread.currentThread().interrupt();
                            }
                            return new InetAddress[] {OLD};
                        },
                        ticker);

        var first = slow.find("db");
        var second = slow.find("db");

        assertThat(first).isNotDone();
        assertThat(slow.pending()).isOne();
        go.countDown();
        CompletableFuture.allOf(first, second).get(60, TimeUnit.SECONDS);
        assertThat(slow.lookups()).isOne();
    }

    @Test
    void anAddressNeedsNoLookup() {
        assertThat(names.find("::1")).isCompletedWithValue(List.of(InetAddress.ofLiteral("::1")));
        assertThat(names.lookups()).isZero();
    }
}
