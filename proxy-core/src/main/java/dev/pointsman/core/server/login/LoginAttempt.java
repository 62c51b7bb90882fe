package dev.pointsman.core.server.login;

import dev.pointsman.core.tls.Secured;
import dev.pointsman.core.tls.TlsFault;
import dev.pointsman.core.tls.Way;
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

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One connection on the way to a login: encryption, start-up packet, authentication, parameters,
/// the first ReadyForQuery. Confined to the channel's event loop.
final class LoginAttempt<T> extends ChannelInboundHandlerAdapter implements NegotiateTls.Then {
    private static final int BODY_MAX = 65_535;
    private static final FrameSelection SELECTION =
            FrameSelection.ofBackend()
                    .with(BackendType.AUTHENTICATION, BODY_MAX)
                    .with(BackendType.PARAMETER_STATUS, BODY_MAX)
                    .with(BackendType.BACKEND_KEY_DATA, BODY_MAX)
                    .with(BackendType.ERROR_RESPONSE, BODY_MAX)
                    .with(BackendType.READY_FOR_QUERY, 1)
                    .withAllHeaders();

    private final Login<T> course;
    private final ServerLogin login;
    private final FrameScanner scanner = new FrameScanner(SELECTION);
    private final ServerParameters parameters = new ServerParameters();
    private final Proof proof;
    private List<Way> rest;
    private CancelKey key = new CancelKey(0, new byte[] {0, 0, 0, 0});
    private String phase = "agreeing on TLS";
    private boolean over;
    private @Nullable ScheduledFuture<?> limit;

    /// @param rest the ways that may be tried when the server does not want us in this one
    LoginAttempt(Login<T> course, List<Way> rest) {
        this.course = course;
        this.login = course.login();
        this.rest = rest;
        this.proof = new Proof(login, course.dial().tls().settings().binding());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!course.dial().timeout().isZero()) {
            limit =
                    ctx.executor()
                            .schedule(
                                    () -> fail(ctx, ErrorReports.tooSlow(login, phase)),
                                    course.left().toMillis(),
                                    TimeUnit.MILLISECONDS);
        }
        if (ctx.pipeline().get(NegotiateTls.class) == null) {
            startUp(ctx);
        }
    }

    @Override
    public void encrypted(ChannelHandlerContext ctx) {
        startUp(ctx.pipeline().context(this));
    }

    @Override
    public void noTls(ChannelHandlerContext ctx) {
        if (rest.contains(Way.PLAIN)) {
            rest = List.of();
            startUp(ctx.pipeline().context(this));
        } else {
            fail(ctx, new ServerRefused(ErrorReports.noTls(login), true), false);
        }
    }

    @Override
    public void failed(ChannelHandlerContext ctx, ServerRefused why, boolean another) {
        fail(ctx, why, another);
    }

    private void startUp(ChannelHandlerContext ctx) {
        phase = "logging in";
        proof.over(Secured.of(ctx.channel()));
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
            while (type != FrameScanner.NONE && !over) {
                onMessage(ctx, type, bytes);
                type = over ? FrameScanner.NONE : scanner.next();
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
        var settings = course.dial().tls().settings();
        fail(
                ctx,
                TlsFault.of(cause, settings, login.server().host())
                        .map(fault -> new ServerRefused(ErrorReports.tls(login, fault), true))
                        .orElseGet(
                                () ->
                                        new ServerRefused(
                                                ErrorReports.unreachable(
                                                        login, Login.reason(cause)))),
                false);
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
                fail(
                        ctx,
                        new ServerRefused(ErrorReports.refused(login, message), !passing),
                        !proof.accepted() && message.sqlState().startsWith("28"));
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
                    fail(ctx, new ServerRefused(ErrorReports.cannotProve(login, how), true), false);
            case Proof.Untied(var how) ->
                    fail(ctx, new ServerRefused(ErrorReports.untied(login, how), true), false);
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
        over = true;
        stopClock();
        int end = scanner.frameEnd();
        var behind = bytes.retainedSlice(end, bytes.writerIndex() - end);
        var outcome = new Login.Outcome(login, course.dial(), key, parameters);
        course.loggedIn(ctx, outcome, behind);
    }

    private void fail(ChannelHandlerContext ctx, ErrorReport why) {
        fail(ctx, new ServerRefused(why), false);
    }

    /// @param another whether the server may want us in another way
    private void fail(ChannelHandlerContext ctx, ServerRefused why, boolean another) {
        if (over) {
            return;
        }
        over = true;
        stopClock();
        ctx.close();
        course.failed(why, another ? rest : List.of());
    }

    private void stopClock() {
        if (limit != null) {
            limit.cancel(false);
        }
    }
}
