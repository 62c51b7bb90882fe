package dev.pointsman.core.server.login;

import dev.pointsman.core.wire.BackendType;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrameSelection;
import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.message.AuthenticationRequest;
import dev.pointsman.core.wire.message.CancelKey;
import dev.pointsman.core.wire.message.ParameterStatus;
import dev.pointsman.core.wire.message.Requests;
import dev.pointsman.core.wire.message.ServerMessage;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;

/// Logs in to a server: start-up packet, authentication, parameters, the first ReadyForQuery. Then
/// an [Arrival] takes the channel over. Confined to the channel's event loop.
public final class Login<T> extends ChannelInboundHandlerAdapter {
    /// What a login leaves.
    public record Outcome(
            ServerLogin login, Dial dial, CancelKey key, ServerParameters parameters) {}

    /// Makes of a channel that is logged in what was wanted of it, and puts its own handler in. The
    /// bytes that came behind ReadyForQuery are its to release.
    public interface Arrival<T> {
        T loggedIn(Channel channel, Outcome outcome, ByteBuf behind);
    }

    private static final int BODY_MAX = 65_535;
    private static final FrameSelection SELECTION =
            FrameSelection.ofBackend()
                    .with(BackendType.AUTHENTICATION, BODY_MAX)
                    .with(BackendType.PARAMETER_STATUS, BODY_MAX)
                    .with(BackendType.BACKEND_KEY_DATA, BODY_MAX)
                    .with(BackendType.ERROR_RESPONSE, BODY_MAX)
                    .with(BackendType.READY_FOR_QUERY, 1)
                    .withAllHeaders();

    private final ServerLogin login;
    private final Dial dial;
    private final Promise<T> promise;
    private final Arrival<T> arrival;
    private final FrameScanner scanner = new FrameScanner(SELECTION);
    private final ServerParameters parameters = new ServerParameters();
    private final Proof proof;
    private CancelKey key = new CancelKey(0, new byte[] {0, 0, 0, 0});
    private String phase = "connecting";
    private @Nullable ScheduledFuture<?> limit;

    private Login(ServerLogin login, Dial dial, Arrival<T> arrival, Promise<T> promise) {
        this.login = login;
        this.dial = dial;
        this.arrival = arrival;
        this.promise = promise;
        this.proof = new Proof(login);
    }

    /// Opens a connection and logs in; what arrives runs on the loop. Fails with [ServerRefused]
    /// when the server cannot be reached or does not let us in.
    public static <T> Future<T> begin(
            ServerLogin login, EventLoop loop, Dial dial, Arrival<T> arrival) {
        Promise<T> promise = loop.newPromise();
        HostAddress.of(login.server().host(), login.server().port())
                .whenComplete(
                        (address, failure) -> {
                            if (failure != null) {
                                promise.setFailure(
                                        new ServerRefused(
                                                ErrorReports.unreachable(
                                                        login,
                                                        "The host name cannot be resolved.")));
                            } else {
                                new Login<>(login, dial, arrival, promise).connect(loop, address);
                            }
                        });
        return promise;
    }

    static int millis(Duration limit) {
        return (int) Math.min(limit.toMillis(), Integer.MAX_VALUE);
    }

    private void connect(EventLoop loop, InetSocketAddress address) {
        new Bootstrap()
                .group(loop)
                .channelFactory(dial.channels())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis(dial.timeout()))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .handler(this)
                .connect(address)
                .addListener(
                        (ChannelFuture connected) -> {
                            if (!connected.isSuccess()) {
                                promise.tryFailure(
                                        new ServerRefused(
                                                ErrorReports.unreachable(
                                                        login, reason(connected.cause()))));
                            }
                        });
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        phase = "logging in";
        if (!dial.timeout().isZero()) {
            limit =
                    ctx.executor()
                            .schedule(
                                    () -> fail(ctx, ErrorReports.tooSlow(login, phase)),
                                    dial.timeout().toMillis(),
                                    TimeUnit.MILLISECONDS);
        }
        var packet = new LinkedHashMap<String, String>();
        packet.put("user", login.user());
        packet.put("database", login.server().dbname());
        packet.putAll(login.startup());
        ByteBuf out = ctx.alloc().buffer();
        Requests.startup(out, Protocol.VERSION_3_0, packet);
        ctx.writeAndFlush(out);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            scanner.begin(bytes);
            int type = scanner.next();
            while (type != FrameScanner.NONE && !promise.isDone()) {
                onMessage(ctx, type, bytes);
                type = promise.isDone() ? FrameScanner.NONE : scanner.next();
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(
                ctx,
                ErrorReports.unreachable(
                        login, "The server closed the connection while " + phase + "."));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ctx, ErrorReports.unreachable(login, reason(cause)));
    }

    private void onMessage(ChannelHandlerContext ctx, int type, ByteBuf bytes) {
        switch (type) {
            case BackendType.AUTHENTICATION -> authenticate(ctx);
            case BackendType.PARAMETER_STATUS -> {
                var status = ParameterStatus.decode(scanner.body());
                parameters.put(status.name(), status.value());
            }
            case BackendType.BACKEND_KEY_DATA -> key = CancelKey.decode(scanner.body());
            case BackendType.ERROR_RESPONSE -> {
                var message = ServerMessage.decode(scanner.body());
                boolean passing = message.sqlState().startsWith("57P");
                fail(ctx, new ServerRefused(ErrorReports.refused(login, message), !passing));
            }
            case BackendType.READY_FOR_QUERY -> ready(ctx, bytes);
            case BackendType.NOTICE_RESPONSE, BackendType.NEGOTIATE_PROTOCOL_VERSION -> {}
            default ->
                    throw new ProtocolViolation(
                            "the server sent a message of type '%c' during the login"
                                    .formatted((char) type));
        }
    }

    private void authenticate(ChannelHandlerContext ctx) {
        switch (proof.answer(AuthenticationRequest.decode(scanner.body()))) {
            case Proof.Accepted() -> phase = "starting the session";
            case Proof.Waiting() -> {}
            case Proof.Reply reply -> send(ctx, reply);
            case Proof.Derive(var reply) ->
                    reply.whenCompleteAsync(
                            (derived, failure) -> onDerived(ctx, derived, failure), ctx.executor());
            case Proof.Impossible(var how) ->
                    fail(ctx, new ServerRefused(ErrorReports.cannotProve(login, how), true));
        }
    }

    private void onDerived(
            ChannelHandlerContext ctx, Proof.@Nullable Reply reply, @Nullable Throwable failure) {
        if (reply == null) {
            exceptionCaught(ctx, failure == null ? new IllegalStateException("no keys") : failure);
        } else {
            send(ctx, reply);
        }
    }

    private static void send(ChannelHandlerContext ctx, Proof.Reply reply) {
        ByteBuf out = ctx.alloc().buffer();
        reply.writer().accept(out);
        ctx.writeAndFlush(out);
    }

    private void ready(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (!proof.accepted()) {
            throw new ProtocolViolation("the server is ready before it accepted the login");
        }
        stopClock();
        if (!promise.setUncancellable()) {
            ctx.close();
            return;
        }
        int end = scanner.frameEnd();
        var behind = bytes.retainedSlice(end, bytes.writerIndex() - end);
        var outcome = new Outcome(login, dial, key, parameters);
        T arrived = arrival.loggedIn(ctx.channel(), outcome, behind);
        ctx.pipeline().remove(this);
        promise.setSuccess(arrived);
    }

    private void fail(ChannelHandlerContext ctx, ErrorReport why) {
        fail(ctx, new ServerRefused(why));
    }

    private void fail(ChannelHandlerContext ctx, ServerRefused why) {
        stopClock();
        promise.tryFailure(why);
        ctx.close();
    }

    private void stopClock() {
        if (limit != null) {
            limit.cancel(false);
        }
    }

    private static String reason(Throwable cause) {
        var text = cause.getMessage();
        return text == null ? cause.getClass().getSimpleName() : text;
    }
}
