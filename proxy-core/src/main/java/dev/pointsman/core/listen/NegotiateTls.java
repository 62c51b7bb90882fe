package dev.pointsman.core.listen;

import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

import java.util.Optional;

/// Answers requests for encryption. There is none yet: the answer is always no.
final class NegotiateTls extends Phase {
    private boolean sslAsked;
    private boolean gssAsked;

    NegotiateTls(Door door) {
        super(door);
    }

    @Override
    void onBytes(ChannelHandlerContext ctx, ByteBuf in) {
        Optional<StartupPacket> packet =
                StartupPacket.read(in, door.config().limits().startupPacketMax());
        if (packet.isEmpty()) {
            return;
        }
        switch (packet.get()) {
            case StartupPacket.Ssl() -> {
                sslAsked = once(sslAsked, "TLS");
                refuseEncryption(ctx, in);
            }
            case StartupPacket.Gss() -> {
                gssAsked = once(gssAsked, "GSSAPI encryption");
                refuseEncryption(ctx, in);
            }
            case StartupPacket.Cancel(var key) -> next(ctx, new RouteCancel(door, key));
            case StartupPacket.Startup startup -> next(ctx, new Startup(door, startup));
        }
    }

    private static boolean once(boolean asked, String what) {
        if (asked) {
            throw new ProtocolViolation("the client asks for " + what + " twice");
        }
        return true;
    }

    /// What the client sends before it has our answer was perhaps put there by somebody else, to be
    /// taken for a part of the encrypted conversation.
    private static void refuseEncryption(ChannelHandlerContext ctx, ByteBuf in) {
        if (in.isReadable()) {
            throw new ProtocolViolation(
                    "the client sent data before encryption was agreed upon; a faulty driver, or"
                            + " somebody in between");
        }
        ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte(Protocol.ENCRYPTION_REFUSED));
    }
}
