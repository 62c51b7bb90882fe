package dev.pointsman.admin.console.link;

import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.message.Replies;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;

import java.util.function.Consumer;

/// What goes to a console client. [#add] and [#flush] belong to the session's thread; [#notice] may
/// come from any.
public final class Outbox {
    private static final int FLUSH_AT_BYTES = 1 << 16;

    private final Channel channel;
    private ByteBuf pending = Unpooled.buffer();

    public Outbox(Channel channel) {
        this.channel = channel;
    }

    /// Appends to what the next flush sends.
    public void add(Consumer<ByteBuf> writer) throws InterruptedException {
        writer.accept(pending);
        if (pending.readableBytes() >= FLUSH_AT_BYTES) {
            flush();
        }
    }

    /// Sends, and waits while the client is slow, so that no more than one batch is ever in memory.
    /// A lost connection swallows everything.
    public void flush() throws InterruptedException {
        if (!pending.isReadable()) {
            return;
        }
        var batch = pending;
        pending = Unpooled.buffer();
        var sent = channel.writeAndFlush(batch);
        if (!channel.isWritable()) {
            sent.await();
        }
    }

    /// Sends at once, unless the client is slow or gone.
    public void notice(ErrorReport report) {
        if (channel.isActive() && channel.isWritable()) {
            var out = Unpooled.buffer();
            Replies.report(out, report);
            channel.writeAndFlush(out);
        }
    }

    public void close() {
        channel.close();
    }
}
