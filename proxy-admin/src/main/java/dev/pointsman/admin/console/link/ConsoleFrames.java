package dev.pointsman.admin.console.link;

import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;

import java.util.List;

/// Cuts a console client's bytes into start-up packets and messages. Bounds: a start-up packet of
/// 10 kB, messages of 10 kB before the login and of 1 MiB after it.
public final class ConsoleFrames extends ByteToMessageDecoder {
    private static final int LOGIN_BYTES_MAX = 10_000;
    private static final int COMMAND_BYTES_MAX = 1 << 20;
    private static final int LENGTH_MIN = 4;

    private boolean started;
    private volatile int bytesMax = LOGIN_BYTES_MAX;

    /// `started`: the start-up packet has been read by somebody else.
    public ConsoleFrames(boolean started) {
        this.started = started;
    }

    /// The client has logged in and may send longer messages. Any thread.
    public void admit() {
        bytesMax = COMMAND_BYTES_MAX;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (started) {
            message(in, out);
        } else {
            StartupPacket.read(in, Protocol.STARTUP_BYTES_MAX)
                    .ifPresent(
                            packet -> {
                                started = packet instanceof StartupPacket.Startup;
                                out.add(new Incoming.Packet(packet));
                            });
        }
    }

    private void message(ByteBuf in, List<Object> out) {
        if (in.readableBytes() < Protocol.HEADER_BYTES) {
            return;
        }
        byte type = in.getByte(in.readerIndex());
        int length = in.getInt(in.readerIndex() + 1);
        if (length < LENGTH_MIN || length > bytesMax) {
            throw new ProtocolViolation(
                    "a message says it has %d bytes; %d to %d are allowed"
                            .formatted(length, LENGTH_MIN, bytesMax));
        }
        if (in.readableBytes() > length) {
            in.skipBytes(Protocol.HEADER_BYTES);
            var body = ByteBufUtil.getBytes(in.readSlice(length - LENGTH_MIN));
            out.add(new Incoming.Message(type, Unpooled.wrappedBuffer(body)));
        }
    }
}
