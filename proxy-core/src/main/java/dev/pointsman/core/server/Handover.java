package dev.pointsman.core.server;

import dev.pointsman.core.server.login.ErrorReports;
import dev.pointsman.core.server.login.ServerRefused;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/// Takes an idle connection's socket from one event loop to another. Reading is stopped first, so
/// that the old loop has nothing under way that could end after the new one has begun.
final class Handover {
    private Handover() {}

    /// Whether nothing waits to be written.
    static boolean allows(Channel channel) {
        var unwritten = channel.unsafe().outboundBuffer();
        return unwritten != null && unwritten.totalPendingWriteBytes() == 0;
    }

    static Future<ServerConnection> begin(ServerConnection connection, EventLoop next) {
        Channel channel = connection.channel();
        Promise<ServerConnection> moved = next.newPromise();
        channel.config().setAutoRead(false);
        channel.deregister()
                .addListener(
                        _ ->
                                next.register(channel)
                                        .addListener(
                                                arrived ->
                                                        end(
                                                                connection,
                                                                arrived.isSuccess(),
                                                                moved)));
        return moved;
    }

    private static void end(
            ServerConnection connection, boolean arrived, Promise<ServerConnection> moved) {
        if (arrived && connection.healthy()) {
            connection.channel().config().setAutoRead(true);
            moved.setSuccess(connection);
        } else {
            connection.abandon();
            if (!arrived) {
                // Nobody says so of a channel that is on no loop.
                connection.onClosed();
            }
            moved.setFailure(
                    new ServerRefused(
                            ErrorReports.lost(
                                    connection.login(), "it ended between two event loops")));
        }
    }
}
