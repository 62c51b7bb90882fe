package dev.pointsman.admin.port;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;

import java.util.List;

/// Tells the two protocols of the admin port apart by the first byte: a PostgreSQL client begins
/// with the length of its start-up packet, whose first byte is zero, an HTTP client with the
/// capital letter of its method. Anything else, and a TLS hello, is closed.
final class Sniffer extends ByteToMessageDecoder {
    private final Runnable toConsole;
    private final Runnable toHttp;

    Sniffer(Runnable toConsole, Runnable toHttp) {
        this.toConsole = toConsole;
        this.toHttp = toHttp;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        byte first = in.getByte(in.readerIndex());
        if (first == 0) {
            toConsole.run();
        } else if (first >= 'A' && first <= 'Z') {
            toHttp.run();
        } else {
            in.skipBytes(in.readableBytes());
            context.close();
            return;
        }
        context.pipeline().remove(this);
    }
}
