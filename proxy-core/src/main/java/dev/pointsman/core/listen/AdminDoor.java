package dev.pointsman.core.listen;

import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.channel.Channel;

/// Where a client goes that asks for the database `pgbouncer` or `pointsman` on the client port.
public interface AdminDoor {
    /// Takes the connection over, on its event loop, with handlers at the end of the pipeline,
    /// where nothing stands before them but encryption. Nothing has been answered to the start-up
    /// packet, and bytes that came after it follow as reads.
    void accept(Channel channel, StartupPacket.Startup startup);
}
