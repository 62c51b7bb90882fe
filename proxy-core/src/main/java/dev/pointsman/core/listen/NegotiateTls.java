package dev.pointsman.core.listen;

import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.config.tls.PortTls;
import dev.pointsman.core.listen.tls.Handshake;
import dev.pointsman.core.tls.Secured;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.message.CancelKey;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;

/// Answers requests for encryption and begins it, also for clients that do so unasked; turns away
/// who should have encrypted. It stays while the handshake goes on, and then takes what was under
/// the encryption.
final class NegotiateTls extends Phase {
    private static final Logger log = LoggerFactory.getLogger(NegotiateTls.class);

    /// The first byte of a TLS handshake. A start-up packet of such a length would be refused.
    private static final byte TLS_HANDSHAKE = 0x16;

    private boolean sslAsked;
    private boolean gssAsked;

    NegotiateTls(Door door) {
        super(door);
    }

    @Override
    void onBytes(ChannelHandlerContext ctx, ByteBuf in) {
        if (beginsWithTls(in)) {
            encryptAtOnce(ctx, in);
            return;
        }
        Optional<StartupPacket> packet =
                StartupPacket.read(in, door.config().limits().startupPacketMax());
        if (packet.isEmpty()) {
            return;
        }
        switch (packet.get()) {
            case StartupPacket.Ssl() -> {
                sslAsked = once(sslAsked, "TLS");
                answerSsl(ctx, in);
            }
            case StartupPacket.Gss() -> {
                gssAsked = once(gssAsked, "GSSAPI encryption");
                if (!isPlain(ctx)) {
                    throw new ProtocolViolation("the client asks for GSSAPI encryption under TLS");
                }
                nothingBehind(in);
                answer(ctx, Protocol.ENCRYPTION_REFUSED);
            }
            case StartupPacket.Cancel(var key) -> cancel(ctx, key);
            case StartupPacket.Startup startup -> {
                if (door.tls().settings().isRequired() && isPlain(ctx) && !isLocal(ctx)) {
                    refuse(ctx, encryptionNeeded());
                } else {
                    next(ctx, new Startup(door, startup));
                }
            }
        }
    }

    private void answerSsl(ChannelHandlerContext ctx, ByteBuf in) {
        nothingBehind(in);
        if (isLocal(ctx) || !door.tls().settings().isOn()) {
            answer(ctx, Protocol.ENCRYPTION_REFUSED);
            return;
        }
        answer(ctx, Protocol.ENCRYPTION_ACCEPTED_SSL);
        try {
            Handshake.begin(ctx.channel(), door.tls());
        } catch (Refused refused) {
            fault(ctx, refused);
        }
    }

    private boolean beginsWithTls(ByteBuf in) {
        return !sslAsked && in.isReadable() && in.getByte(in.readerIndex()) == TLS_HANDSHAKE;
    }

    /// Where there is no encryption the bytes are no start-up packet either.
    private void encryptAtOnce(ChannelHandlerContext ctx, ByteBuf in) {
        if (isLocal(ctx) || !door.tls().settings().isOn()) {
            log.atInfo()
                    .addKeyValue("client", Ends.remote(ctx.channel()))
                    .addKeyValue(
                            "reason",
                            isLocal(ctx)
                                    ? "Unix-domain sockets have no encryption"
                                    : "listen.tls.mode is disable")
                    .log("TLS handshake failed");
            in.skipBytes(in.readableBytes());
            ctx.close();
            return;
        }
        sslAsked = true;
        ByteBuf hello = in.readRetainedSlice(in.readableBytes());
        try {
            Handshake.direct(ctx.channel(), door.tls(), Handshake::isPostgresql);
        } catch (Refused refused) {
            hello.release();
            fault(ctx, refused);
            return;
        }
        ctx.pipeline().fireChannelRead(hello);
    }

    private void cancel(ChannelHandlerContext ctx, CancelKey key) {
        PortTls tls = door.tls().settings();
        if (!tls.isRequired() || tls.plainCancel() || !isPlain(ctx) || isLocal(ctx)) {
            next(ctx, new RouteCancel(door, key));
            return;
        }
        log.atInfo()
                .addKeyValue("client", Ends.remote(ctx.channel()))
                .addKeyValue("reason", "it came in plain; listen.tls.plain_cancel would let it")
                .log("cancel request refused");
        ctx.close();
    }

    private static ErrorReport encryptionNeeded() {
        return ErrorReport.fatal(
                        SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                        "this port takes encrypted connections only")
                .withHint("Connect with sslmode=require or better.");
    }

    private static boolean isLocal(ChannelHandlerContext ctx) {
        return Ends.isLocal(Ends.remote(ctx.channel()));
    }

    private static boolean isPlain(ChannelHandlerContext ctx) {
        return Secured.of(ctx.channel()).isEmpty();
    }

    private static void fault(ChannelHandlerContext ctx, Refused refused) {
        log.atError().setCause(refused).log("a client could not encrypt");
        ctx.close();
    }

    private static boolean once(boolean asked, String what) {
        if (asked) {
            throw new ProtocolViolation("the client asks for " + what + " twice");
        }
        return true;
    }

    /// What the client sends before it has our answer was perhaps put there by somebody else, to be
    /// taken for a part of the encrypted conversation.
    private static void nothingBehind(ByteBuf in) {
        if (in.isReadable()) {
            throw new ProtocolViolation(
                    "the client sent data before encryption was agreed upon; a faulty driver, or"
                            + " somebody in between");
        }
    }

    private static void answer(ChannelHandlerContext ctx, byte answer) {
        ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte(answer));
    }
}
