package dev.pointsman.admin.port;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;

/// The open connections of the admin port, so that there are never too many and that a stop ends
/// them all. Any thread.
final class Connections {
    private static final int OPEN_MAX = 256;

    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    /// False when there are too many; the caller closes it then.
    boolean admit(Channel channel) {
        return open.size() < OPEN_MAX && open.add(channel);
    }

    void close() {
        open.close().awaitUninterruptibly();
    }
}
