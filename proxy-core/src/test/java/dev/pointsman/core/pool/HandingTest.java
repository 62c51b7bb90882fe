package dev.pointsman.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pointsman.core.peer.ScriptedServer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A loop that has run dry takes what idles on its sibling.
class HandingTest {
    private static final int ROUNDS = 300;

    enum Kind {
        NIO,
        EPOLL;

        boolean isThere() {
            return switch (this) {
                case NIO -> true;
                case EPOLL -> Epoll.isAvailable();
            };
        }

        IoHandlerFactory io() {
            return switch (this) {
                case NIO -> NioIoHandler.newFactory();
                case EPOLL -> EpollIoHandler.newFactory();
            };
        }

        ChannelFactory<Channel> sockets() {
            return switch (this) {
                case NIO -> NioSocketChannel::new;
                case EPOLL -> EpollSocketChannel::new;
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIdleConnectionGoesToTheLoopThatAsks(Kind kind) throws Exception {
        assumeTrue(kind.isThere());
        try (var server = ScriptedServer.listening(talk -> answer(talk, Integer.MAX_VALUE));
                var loops = new TwoLoops(kind.io(), kind.sockets(), server.port(), 1)) {
            int first = soon(loops.use(0, 1));
            // when
            int there = soon(loops.use(1, 1));
            int back = soon(loops.use(0, 1));
            // then
            assertThat(List.of(there, back)).containsOnly(first);
            assertThat(server.accepted()).isEqualTo(1);
            await().until(() -> loops.slotsTaken() == 1);
            assertThat(loops.pools().pids("shop", "blue")).containsExactly(back);
        }
    }

    @ParameterizedTest
    @EnumSource
    void loopsThatWantTheSameConnectionsAllGetTheirTurn(Kind kind) throws Exception {
        assumeTrue(kind.isThere());
        try (var server = ScriptedServer.listening(talk -> answer(talk, Integer.MAX_VALUE));
                var loops = new TwoLoops(kind.io(), kind.sockets(), server.port(), 2)) {
            // when
            everybody(loops, ROUNDS);
            // then
            assertThat(loops.slotsTaken()).isBetween(1, 2);
            await().untilAsserted(
                            () ->
                                    assertThat(loops.pools().pids("shop", "blue"))
                                            .hasSize(loops.slotsTaken()));
            assertThat(server.accepted()).isLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void noSlotIsLostWithServersThatDieAtAnyMoment(Kind kind) throws Exception {
        assumeTrue(kind.isThere());
        try (var server = ScriptedServer.listening(talk -> answer(talk, 3 + talk.number() % 5));
                var loops = new TwoLoops(kind.io(), kind.sockets(), server.port(), 2)) {
            // when
            everybody(loops, ROUNDS / 3);
            // then
            assertThat(server.accepted()).isGreaterThan(10);
            await().untilAsserted(
                            () ->
                                    assertThat(loops.pools().pids("shop", "blue"))
                                            .hasSize(loops.slotsTaken()));
            loops.pools().retire("shop", "blue");
            await().until(() -> loops.slotsTaken() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onceSealedEveryConnectionIsKnownAndStays(Kind kind) throws Exception {
        assumeTrue(kind.isThere());
        try (var server = ScriptedServer.listening(talk -> answer(talk, Integer.MAX_VALUE));
                var loops = new TwoLoops(kind.io(), kind.sockets(), server.port(), 3)) {
            var users = new ArrayList<CompletableFuture<Integer>>();
            for (int i = 0; i < 8; i++) {
                users.add(loops.use(i % 2, ROUNDS));
            }
            for (int i = 0; i < 20; i++) {
                // when
                soon(loops.pools().seal("shop", "blue"));
                // then what was being opened or closed at that moment has soon come to its end
                await().untilAsserted(
                                () ->
                                        assertThat(loops.pools().pids("shop", "blue"))
                                                .hasSize(loops.slotsTaken()));
                loops.pools().unseal("shop", "blue");
            }
            for (var user : users) {
                soon(user);
            }
        }
    }

    private static void everybody(TwoLoops loops, int rounds) throws Exception {
        var users = new ArrayList<CompletableFuture<Integer>>();
        for (int i = 0; i < 8; i++) {
            users.add(loops.use(i % 2, rounds));
        }
        for (var user : users) {
            soon(user);
        }
    }

    private static <T> T soon(CompletableFuture<T> future) throws Exception {
        return future.get(120, TimeUnit.SECONDS);
    }

    /// Lets in, answers so many queries, and is gone.
    private static void answer(ScriptedServer.Conversation talk, int most) {
        talk.untilTheyGo(
                () -> {
                    talk.letIn();
                    for (int i = 0; i < most && talk.receive().type() == 'Q'; i++) {
                        talk.sendRows("1");
                    }
                });
    }
}
