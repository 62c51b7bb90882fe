package dev.pointsman.core.listen;

import dev.pointsman.core.config.Config.AuthType;
import dev.pointsman.core.listen.Credentials.Demand;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.auth.Md5;
import dev.pointsman.core.wire.auth.ScramServer;
import dev.pointsman.core.wire.message.LoginReplies;
import dev.pointsman.core.wire.message.RequestPeek;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Has the client prove its password. A wrong user and a wrong password look the same.
final class Authenticate extends Phase {
    private static final int MESSAGE_MAX = 65_535;
    private static final SecureRandom RANDOM = new SecureRandom();

    private sealed interface Step {
        record Preparing() implements Step {}

        record Md5Asked(String hash, int salt) implements Step {}

        record ScramOffered(Demand.ScramProof proof) implements Step {}

        record ScramChallenged(ScramServer server) implements Step {}
    }

    private final StartupPacket.Startup packet;
    private Step step = new Step.Preparing();

    Authenticate(Door door, StartupPacket.Startup packet) {
        super(door);
        this.packet = packet;
    }

    @Override
    void onBegin(ChannelHandlerContext ctx) {
        var config = door.config();
        if (config.auth().type() == AuthType.TRUST) {
            if (config.users().containsKey(packet.user())) {
                accepted(ctx);
            } else {
                reject(ctx);
            }
            return;
        }
        CompletableFuture<Demand> demand = door.credentials().of(packet.user(), config);
        if (demand.isDone()) {
            demand(ctx, demand.resultNow());
        } else {
            demand.whenCompleteAsync(
                    (ready, failure) -> {
                        if (failure != null) {
                            ctx.fireExceptionCaught(failure);
                            exceptionCaught(ctx, failure);
                        } else if (!isOver()) {
                            demand(ctx, ready);
                        }
                    },
                    ctx.executor());
        }
    }

    @Override
    void onBytes(ChannelHandlerContext ctx, ByteBuf in) {
        if (step instanceof Step.Preparing || in.readableBytes() < Protocol.HEADER_BYTES) {
            return;
        }
        byte type = in.getByte(in.readerIndex());
        int length = in.getInt(in.readerIndex() + 1);
        if (type != FrontendType.PASSWORD || length < 4 || length > MESSAGE_MAX) {
            throw new ProtocolViolation("the client does not answer to the request for a password");
        }
        if (in.readableBytes() > length) {
            in.skipBytes(Protocol.HEADER_BYTES);
            answer(ctx, in.readSlice(length - 4));
        }
    }

    private void demand(ChannelHandlerContext ctx, Demand demand) {
        ByteBuf out = ctx.alloc().buffer();
        switch (demand) {
            case Demand.Nothing() -> {
                out.release();
                accepted(ctx);
                return;
            }
            case Demand.Md5Answer(var hash) -> {
                int salt = RANDOM.nextInt();
                LoginReplies.md5Password(out, salt);
                step = new Step.Md5Asked(hash, salt);
            }
            case Demand.ScramProof proof -> {
                LoginReplies.sasl(out, List.of(ScramServer.MECHANISM));
                step = new Step.ScramOffered(proof);
            }
        }
        ctx.writeAndFlush(out);
    }

    private void answer(ChannelHandlerContext ctx, ByteBuf body) {
        switch (step) {
            case Step.Preparing() -> throw new IllegalStateException("nothing was asked yet");
            case Step.Md5Asked(var hash, var salt) -> {
                if (Md5.matches(RequestPeek.password(body), hash, salt)) {
                    accepted(ctx);
                } else {
                    reject(ctx);
                }
            }
            case Step.ScramOffered(var proof) -> challenge(ctx, proof, body);
            case Step.ScramChallenged(var server) -> check(ctx, server, body);
        }
    }

    private void challenge(ChannelHandlerContext ctx, Demand.ScramProof proof, ByteBuf body) {
        RequestPeek.SaslInitial initial = RequestPeek.saslInitial(body);
        if (!initial.mechanism().equals(ScramServer.MECHANISM)) {
            throw new ProtocolViolation("the client chose a SASL mechanism that was not offered");
        }
        ScramServer server = ScramServer.begin(proof.verifier(), initial.data());
        ByteBuf out = ctx.alloc().buffer();
        LoginReplies.saslContinue(out, server.serverFirst());
        ctx.writeAndFlush(out);
        step = new Step.ScramChallenged(server);
    }

    private void check(ChannelHandlerContext ctx, ScramServer server, ByteBuf body) {
        switch (server.finish(RequestPeek.saslResponse(body))) {
            case ScramServer.Accepted(var serverFinal, var _) -> {
                ByteBuf out = ctx.alloc().buffer();
                LoginReplies.saslFinal(out, serverFinal);
                ctx.write(out);
                accepted(ctx);
            }
            case ScramServer.Rejected() -> reject(ctx);
        }
    }

    private void accepted(ChannelHandlerContext ctx) {
        ByteBuf out = ctx.alloc().buffer();
        LoginReplies.authenticationOk(out);
        ctx.write(out);
        next(ctx, new LetIn(door, packet));
    }

    private void reject(ChannelHandlerContext ctx) {
        refuse(
                ctx,
                ErrorReport.fatal(
                                SqlState.INVALID_PASSWORD,
                                "password authentication failed for user \"%s\""
                                        .formatted(packet.user()))
                        .withHint(
                                "Check the user's name and password, and that the proxy's"
                                        + " configuration knows the user."));
    }
}
