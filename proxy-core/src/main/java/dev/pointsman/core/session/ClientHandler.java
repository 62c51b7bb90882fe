package dev.pointsman.core.session;

import dev.pointsman.core.wire.ProtocolViolation;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;

/// Hands the events of a client's channel to its [Session].
final class ClientHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ClientHandler.class);

    private final Session session;

    ClientHandler(Session session) {
        this.session = session;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        session.onClientRead((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        session.onClientReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        session.onClientWritability(ctx.channel().isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        session.end(EndReason.CLIENT_GONE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        switch (cause) {
            case ProtocolViolation violation ->
                    session.endWith(violation.report(), EndReason.CLIENT_VIOLATION);
            case IOException _ -> session.end(EndReason.CLIENT_GONE);
            default -> {
                log.atError()
                        .addKeyValue("session", session.id())
                        .setCause(cause)
                        .log("a session met a fault");
                session.end(EndReason.FAULT);
            }
        }
    }
}
