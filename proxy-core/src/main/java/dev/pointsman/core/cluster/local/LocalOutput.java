package dev.pointsman.core.cluster.local;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/// What goes through a socket; waits where the other end does not read.
final class LocalOutput extends OutputStream {
    private final SocketChannel channel;
    private final Selector writable;

    LocalOutput(SocketChannel channel) throws IOException {
        this.channel = channel;
        writable = Selector.open();
        channel.register(writable, SelectionKey.OP_WRITE);
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        var from = ByteBuffer.wrap(bytes, offset, length);
        while (from.hasRemaining()) {
            if (channel.write(from) == 0) {
                await();
            }
        }
    }

    private void await() throws IOException {
        try {
            writable.select(_ -> {});
        } catch (ClosedSelectorException e) {
            throw new SocketException("Socket closed", e);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new SocketException("interrupted while writing");
        }
    }

    @Override
    public void close() throws IOException {
        writable.close();
        channel.close();
    }
}
