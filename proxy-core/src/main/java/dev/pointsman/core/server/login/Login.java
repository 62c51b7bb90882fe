package dev.pointsman.core.server.login;

import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.config.LocalAddress;
import dev.pointsman.core.tls.Way;
import dev.pointsman.core.wire.message.CancelKey;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Logs in to a server, encrypted or not as its settings say: where they leave both ways open, the
/// second is tried after the first was refused, and where it has several addresses, each that
/// cannot be reached is followed by the next. Then an [Arrival] takes the channel over. Confined to
/// one event loop.
public final class Login<T> {
    /// What a login leaves.
    public record Outcome(
            ServerLogin login, Dial dial, CancelKey key, ServerParameters parameters) {}

    /// Makes of a channel that is logged in what was wanted of it, and puts its own handler in. The
    /// bytes that came behind ReadyForQuery are its to release.
    public interface Arrival<T> {
        T loggedIn(Channel channel, Outcome outcome, ByteBuf behind);
    }

    private static final Duration AT_LEAST = Duration.ofMillis(1);

    private final ServerLogin anywhere;
    private final Deque<String> hosts;
    private final Deque<InetAddress> addresses = new ArrayDeque<>();
    private final Dial dial;
    private final Arrival<T> arrival;
    private final EventLoop loop;
    private final Promise<T> promise;
    private ServerLogin login;
    private long began = System.nanoTime();
    private @Nullable SocketAddress address;
    private @Nullable ServerRefused elsewhere;
    private @Nullable ServerRefused former;

    private Login(ServerLogin login, Dial dial, Arrival<T> arrival, EventLoop loop) {
        this.login = login;
        this.anywhere = login;
        this.hosts = new ArrayDeque<>(login.server().hosts());
        this.dial = dial;
        this.arrival = arrival;
        this.loop = loop;
        this.promise = loop.newPromise();
    }

    /// Opens a connection and logs in; what arrives runs on the loop. Fails with [ServerRefused]
    /// when the server cannot be reached or does not let us in.
    public static <T> Future<T> begin(
            ServerLogin login, EventLoop loop, Dial dial, Arrival<T> arrival) {
        var course = new Login<>(login, dial, arrival, loop);
        course.nextHost();
        return course.promise;
    }

    private void nextHost() {
        String host = hosts.remove();
        login = anywhere.at(host);
        began = System.nanoTime();
        var local = LocalAddress.of(host, login.server().port());
        if (local.isPresent()) {
            openFile(local.get().file());
            return;
        }
        var found = dial.names().find(host);
        if (found.isDone()) {
            found.whenComplete(this::resolved);
            return;
        }
        var limited = found.copy();
        if (!dial.timeout().isZero()) {
            limited.orTimeout(dial.timeout().toMillis(), TimeUnit.MILLISECONDS);
        }
        limited.whenCompleteAsync(this::resolved, loop);
    }

    private void resolved(@Nullable List<InetAddress> found, @Nullable Throwable failure) {
        if (found == null) {
            var why =
                    failure instanceof TimeoutException
                            ? "The host name was not resolved in time."
                            : "The host name cannot be resolved.";
            tryNext(new ServerRefused(ErrorReports.unreachable(login, why)));
        } else {
            addresses.addAll(found);
            nextAddress();
        }
    }

    /// As libpq does it: without encryption, whatever the settings say of it.
    private void openFile(Path file) {
        former = null;
        var sockets = dial.sockets();
        connect(
                bootstrap(Way.PLAIN, List.of())
                        .channelFactory(sockets.local())
                        .attr(Ends.KNOWN, Ends.of(file)),
                sockets.address().apply(file));
    }

    private void nextAddress() {
        address = new InetSocketAddress(addresses.remove(), login.server().port());
        began = System.nanoTime();
        former = null;
        connect(dial.tls().ways());
    }

    /// After a refusal by the server itself no other address is tried, as libpq does it.
    private void tryNext(ServerRefused why) {
        var told = elsewhere == null ? why : why.following(elsewhere);
        if (why.byServer() || promise.isDone() || (addresses.isEmpty() && hosts.isEmpty())) {
            promise.tryFailure(told);
            return;
        }
        elsewhere = told;
        if (addresses.isEmpty()) {
            nextHost();
        } else {
            nextAddress();
        }
    }

    static int millis(Duration limit) {
        return (int) Math.min(limit.toMillis(), Integer.MAX_VALUE);
    }

    ServerLogin login() {
        return login;
    }

    Dial dial() {
        return dial;
    }

    /// How much of the time limit is left, where there is one.
    Duration left() {
        var left = dial.timeout().minusNanos(System.nanoTime() - began);
        return left.compareTo(AT_LEAST) < 0 ? AT_LEAST : left;
    }

    private void connect(List<Way> ways) {
        connect(
                bootstrap(ways.getFirst(), ways.subList(1, ways.size()))
                        .channelFactory(dial.sockets().network())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.SO_KEEPALIVE, true),
                Objects.requireNonNull(address));
    }

    private Bootstrap bootstrap(Way way, List<Way> others) {
        var limit = dial.timeout().isZero() ? Duration.ZERO : left();
        return new Bootstrap()
                .group(loop)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis(limit))
                .handler(handlers(way, new LoginAttempt<>(this, others)));
    }

    private void connect(Bootstrap bootstrap, SocketAddress to) {
        bootstrap
                .connect(to)
                .addListener(
                        (ChannelFuture connected) -> {
                            if (!connected.isSuccess()) {
                                failed(
                                        new ServerRefused(
                                                ErrorReports.unreachable(
                                                        login, reason(connected.cause()))),
                                        List.of());
                            }
                        });
    }

    private ChannelInitializer<Channel> handlers(Way way, LoginAttempt<T> attempt) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                switch (way) {
                    case PLAIN -> {}
                    case ENCRYPTED ->
                            channel.pipeline()
                                    .addLast(new NegotiateTls(login, dial.tls(), attempt));
                }
                channel.pipeline().addLast(attempt);
            }
        };
    }

    void loggedIn(ChannelHandlerContext ctx, Outcome outcome, ByteBuf behind) {
        if (!promise.setUncancellable()) {
            behind.release();
            ctx.close();
            return;
        }
        T arrived = arrival.loggedIn(ctx.channel(), outcome, behind);
        ctx.pipeline().remove(ctx.handler());
        promise.setSuccess(arrived);
    }

    /// @param ways those that are left to be tried
    void failed(ServerRefused why, List<Way> ways) {
        if (!ways.isEmpty() && !promise.isDone()) {
            former = why;
            connect(ways);
        } else {
            tryNext(former == null ? why : why.after(former));
        }
    }

    static String reason(Throwable cause) {
        var text = cause.getMessage();
        return text == null ? cause.getClass().getSimpleName() : text;
    }
}
