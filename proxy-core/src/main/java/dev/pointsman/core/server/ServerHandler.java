package dev.pointsman.core.server;

import dev.pointsman.core.wire.ProtocolViolation;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;

/// Hands a logged-in server channel's events to its [ServerConnection].
final class ServerHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ServerHandler.class);

    private final ServerConnection connection;

    ServerHandler(ServerConnection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        connection.onRead((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        connection.onReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        connection.onWritability();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connection.onClosed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        switch (cause) {
            case ProtocolViolation violation -> {
                log.atWarn()
                        .addKeyValue("server", connection.login().server().name())
                        .addKeyValue("pid", connection.pid())
                        .addKeyValue("violation", violation.getMessage())
                        .log("server connection closed: not the protocol");
                connection.onViolation(violation.report());
            }
            case IOException _ -> connection.abandon();
            default -> {
                log.atError()
                        .addKeyValue("server", connection.login().server().name())
                        .addKeyValue("pid", connection.pid())
                        .setCause(cause)
                        .log("server connection closed by a fault");
                connection.abandon();
            }
        }
    }
}
