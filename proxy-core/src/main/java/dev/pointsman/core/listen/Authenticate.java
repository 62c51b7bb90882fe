package dev.pointsman.core.listen;

import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.config.access.Applicant;
import dev.pointsman.core.listen.login.Demand;
import dev.pointsman.core.listen.login.Logins;
import dev.pointsman.core.listen.login.Verdict;
import dev.pointsman.core.listen.tls.SubjectName;
import dev.pointsman.core.tls.Secured;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.auth.EndPoint;
import dev.pointsman.core.wire.auth.Md5;
import dev.pointsman.core.wire.auth.ScramServer;
import dev.pointsman.core.wire.message.LoginReplies;
import dev.pointsman.core.wire.message.RequestPeek;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Has the client prove its password. A wrong user and a wrong password look the same.
final class Authenticate extends Phase {
    private static final int MESSAGE_MAX = 65_535;
    private static final String WRONG = "wrong user or password";
    private static final String EXPIRED = "valid_until has passed";
    private static final SecureRandom RANDOM = new SecureRandom();

    private sealed interface Step {
        /// An answer of ours is being prepared; what the client sends meanwhile is for later.
        record Waiting() implements Step {}

        record Md5Asked(Demand.Md5Answer demand, int salt) implements Step {}

        record PasswordAsked() implements Step {}

        record ScramOffered(Demand.ScramProof proof) implements Step {}

        record ScramChallenged(ScramServer server, Instant validUntil) implements Step {}
    }

    private final StartupPacket.Startup packet;
    private Step step = new Step.Waiting();

    Authenticate(Door door, StartupPacket.Startup packet) {
        super(door);
        this.packet = packet;
    }

    @Override
    void onBegin(ChannelHandlerContext ctx) {
        if (door.logins().asksServers(applicant(ctx))) {
            then(ctx, door.ready(packet.database()), why -> onReady(ctx, why));
        } else {
            ask(ctx);
        }
    }

    /// Which databases there are is told to nobody who has not proved who he is.
    private void onReady(ChannelHandlerContext ctx, Optional<ErrorReport> unready) {
        var told = unready.filter(why -> why.sqlState() == SqlState.CANNOT_CONNECT_NOW);
        if (told.isPresent()) {
            refuse(ctx, told.get());
        } else {
            ask(ctx);
        }
    }

    private void ask(ChannelHandlerContext ctx) {
        then(
                ctx,
                door.logins().demand(applicant(ctx), ctx.channel().eventLoop()),
                demand -> demand(ctx, demand));
    }

    private Applicant applicant(ChannelHandlerContext ctx) {
        return new Applicant(
                Ends.remote(ctx.channel()),
                packet.database(),
                packet.user(),
                isEncrypted(ctx.channel()));
    }

    private static boolean isEncrypted(Channel channel) {
        return Secured.of(channel).isPresent();
    }

    /// Goes on here once something is known, unless the client has gone by then.
    private <T> void then(
            ChannelHandlerContext ctx, CompletableFuture<T> future, Consumer<T> what) {
        if (future.isDone() && !future.isCompletedExceptionally()) {
            what.accept(future.resultNow());
            return;
        }
        future.whenCompleteAsync(
                (result, failure) -> {
                    if (failure != null) {
                        exceptionCaught(ctx, failure);
                    } else if (!isOver()) {
                        try {
                            what.accept(result);
                            resume(ctx);
                        } catch (ProtocolViolation violation) {
                            exceptionCaught(ctx, violation);
                        }
                    }
                },
                ctx.executor());
    }

    @Override
    void onBytes(ChannelHandlerContext ctx, ByteBuf in) {
        if (step instanceof Step.Waiting || in.readableBytes() < Protocol.HEADER_BYTES) {
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
        switch (demand) {
            case Demand.Nothing() -> accepted(ctx);
            case Demand.Refusal(var why) -> refuse(ctx, why);
            case Demand.Certificate() -> {
                if (SubjectName.of(ctx.channel()).equals(packet.user())) {
                    accepted(ctx);
                } else {
                    refuse(ctx, Logins.uncertified(packet.user()));
                }
            }
            case Demand.Md5Answer md5 -> {
                int salt = RANDOM.nextInt();
                step = new Step.Md5Asked(md5, salt);
                send(ctx, out -> LoginReplies.md5Password(out, salt));
            }
            case Demand.ScramProof proof -> {
                step = new Step.ScramOffered(proof);
                List<String> mechanisms = ScramServer.mechanisms(bindings(ctx));
                send(ctx, out -> LoginReplies.sasl(out, mechanisms));
            }
            case Demand.ClearPassword() -> {
                step = new Step.PasswordAsked();
                send(ctx, LoginReplies::cleartextPassword);
            }
        }
    }

    private static void send(ChannelHandlerContext ctx, Consumer<ByteBuf> message) {
        ByteBuf out = ctx.alloc().buffer();
        message.accept(out);
        ctx.writeAndFlush(out);
    }

    private void answer(ChannelHandlerContext ctx, ByteBuf body) {
        switch (step) {
            case Step.Waiting() -> throw new IllegalStateException("nothing was asked yet");
            case Step.Md5Asked(var demand, var salt) -> {
                if (!Md5.matches(RequestPeek.password(body), demand.hash(), salt)) {
                    reject(ctx, WRONG);
                } else if (isOver(demand.validUntil())) {
                    reject(ctx, EXPIRED);
                } else {
                    door.logins().proved(applicant(ctx), demand.hash());
                    accepted(ctx);
                }
            }
            case Step.PasswordAsked() -> {
                String password = RequestPeek.password(body);
                step = new Step.Waiting();
                then(
                        ctx,
                        door.logins().check(applicant(ctx), password, ctx.channel().eventLoop()),
                        verdict -> judge(ctx, verdict));
            }
            case Step.ScramOffered(var proof) -> challenge(ctx, proof, body);
            case Step.ScramChallenged(var server, var until) -> check(ctx, server, until, body);
        }
    }

    private void judge(ChannelHandlerContext ctx, Verdict verdict) {
        switch (verdict) {
            case Verdict.Accepted() -> accepted(ctx);
            case Verdict.Rejected(var reason) -> reject(ctx, reason);
            case Verdict.Unknown(var why) -> refuse(ctx, why);
        }
    }

    private void challenge(ChannelHandlerContext ctx, Demand.ScramProof proof, ByteBuf body) {
        RequestPeek.SaslInitial initial = RequestPeek.saslInitial(body);
        ScramServer server =
                ScramServer.begin(
                        proof.verifier(), bindings(ctx), initial.mechanism(), initial.data());
        ByteBuf out = ctx.alloc().buffer();
        LoginReplies.saslContinue(out, server.serverFirst());
        ctx.writeAndFlush(out);
        step = new Step.ScramChallenged(server, proof.validUntil());
    }

    private static List<EndPoint> bindings(ChannelHandlerContext ctx) {
        return Secured.of(ctx.channel()).map(Secured::bindings).orElse(List.of());
    }

    private void check(
            ChannelHandlerContext ctx, ScramServer server, Instant validUntil, ByteBuf body) {
        switch (server.finish(RequestPeek.saslResponse(body))) {
            case ScramServer.Accepted _ when isOver(validUntil) -> reject(ctx, EXPIRED);
            case ScramServer.Accepted(var serverFinal, var keys) -> {
                door.logins().proved(applicant(ctx), keys);
                ByteBuf out = ctx.alloc().buffer();
                LoginReplies.saslFinal(out, serverFinal);
                ctx.write(out);
                accepted(ctx);
            }
            case ScramServer.Rejected() -> reject(ctx, WRONG);
        }
    }

    private static boolean isOver(Instant validUntil) {
        return !Instant.now().isBefore(validUntil);
    }

    private void accepted(ChannelHandlerContext ctx) {
        ByteBuf out = ctx.alloc().buffer();
        LoginReplies.authenticationOk(out);
        ctx.write(out);
        step = new Step.Waiting();
        then(ctx, door.ready(packet.database()), unready -> accepted(ctx, unready));
    }

    private void accepted(ChannelHandlerContext ctx, Optional<ErrorReport> unready) {
        if (unready.isPresent()) {
            refuse(ctx, unready.get());
        } else {
            next(
                    ctx,
                    packet.isReplication() ? new Replicate(door, packet) : new LetIn(door, packet));
        }
    }

    /// @param reason for the log; the client is told the same whatever it is
    private void reject(ChannelHandlerContext ctx, String reason) {
        ErrorReport told = Logins.wrong(packet.user());
        refuse(ctx, told, told.message() + ": " + reason);
    }
}
