package dev.pointsman.core.cluster.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// A Unix-domain socket in the shape of a network one, for code that knows no other. What belongs
/// to TCP alone is taken and has no effect. One thread reads at a time, one writes, anyone closes.
final class LocalSocket extends Socket {
    private final SocketChannel channel;
    private final LocalInput input;
    private final LocalOutput output;

    private LocalSocket(SocketChannel channel) throws IOException {
        super((SocketImpl) null);
        this.channel = channel;
        channel.configureBlocking(false);
        input = new LocalInput(channel);
        output = new LocalOutput(channel);
    }

    static LocalSocket open(Path file) throws IOException {
        SocketChannel channel;
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(file));
        } catch (IOException e) {
            throw new SocketException("no connection to " + file + ": " + e.getMessage(), e);
        }
        try {
            return new LocalSocket(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public InputStream getInputStream() {
        return input;
    }

    @Override
    public OutputStream getOutputStream() {
        return output;
    }

    @Override
    public void setSoTimeout(int millis) {
        input.timeout(millis);
    }

    @Override
    public int getSoTimeout() {
        return input.timeout();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        input.close();
        output.close();
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void shutdownInput() throws IOException {
        channel.shutdownInput();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isBound() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void connect(SocketAddress address) throws IOException {
        throw new SocketException("it is connected already");
    }

    @Override
    public void connect(SocketAddress address, int timeout) throws IOException {
        connect(address);
    }

    @Override
    public InetAddress getInetAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public boolean getTcpNoDelay() {
        return true;
    }

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public boolean getKeepAlive() {
        return false;
    }

    @Override
    public void setReceiveBufferSize(int size) {}

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return size(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public void setSendBufferSize(int size) {}

    @Override
    public int getSendBufferSize() throws SocketException {
        return size(StandardSocketOptions.SO_SNDBUF);
    }

    private int size(SocketOption<Integer> option) throws SocketException {
        try {
            return channel.getOption(option);
        } catch (IOException e) {
            throw new SocketException(e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "Unix-domain socket " + channel;
    }
}
