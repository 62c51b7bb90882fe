package dev.pointsman.core.cluster.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/// What comes through a socket, waited for with a time limit.
final class LocalInput extends InputStream {
    private final SocketChannel channel;
    private final Selector readable;
    private volatile int timeoutMillis;

    LocalInput(SocketChannel channel) throws IOException {
        this.channel = channel;
        readable = Selector.open();
        channel.register(readable, SelectionKey.OP_READ);
    }

    /// For each read; 0 is for ever.
    void timeout(int millis) {
        timeoutMillis = millis;
    }

    int timeout() {
        return timeoutMillis;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        var into = ByteBuffer.wrap(bytes, offset, length);
        long limit = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        long began = System.nanoTime();
        for (int read = channel.read(into); ; read = channel.read(into)) {
            if (read != 0) {
                return read;
            }
            await(limit == 0 ? Long.MAX_VALUE : limit - (System.nanoTime() - began));
        }
    }

    private void await(long leftNanos) throws IOException {
        if (leftNanos <= 0) {
            throw new SocketTimeoutException("Read timed out");
        }
        try {
            long millis =
                    leftNanos == Long.MAX_VALUE
                            ? 0
                            : Math.ceilDiv(leftNanos, TimeUnit.MILLISECONDS.toNanos(1));
            readable.select(_ -> {}, millis);
        } catch (ClosedSelectorException e) {
            throw new SocketException("Socket closed", e);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new SocketException("interrupted while reading");
        }
    }

    @Override
    public void close() throws IOException {
        readable.close();
        channel.close();
    }
}
