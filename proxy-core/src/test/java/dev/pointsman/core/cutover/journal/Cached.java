package dev.pointsman.core.cutover.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;

/// A file behind a page cache that hands nothing on by itself: what was not forced is lost, as when
/// the power fails.
final class Cached extends FileChannel {
    private interface Change {
        void make() throws IOException;
    }

    private final FileChannel disk;
    private final List<Change> pending = new ArrayList<>();

    Cached(FileChannel disk) {
        this.disk = disk;
    }

    @Override
    public int write(ByteBuffer bytes, long position) {
        var copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        pending.add(() -> disk.write(copy, position));
        return copy.remaining();
    }

    @Override
    public FileChannel truncate(long size) {
        pending.add(() -> disk.truncate(size));
        return this;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        for (var change : pending) {
            change.make();
        }
        pending.clear();
        disk.force(metadata);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        disk.close();
    }

    @Override
    public int read(ByteBuffer bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] buffers, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer bytes, long position) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long position) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long size() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }
}
