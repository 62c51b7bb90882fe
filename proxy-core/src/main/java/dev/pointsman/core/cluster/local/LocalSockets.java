package dev.pointsman.core.cluster.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;

import javax.net.SocketFactory;

/// Opens the sockets of control connections through a socket file. The driver makes one by the name
/// of this class, and takes what it opens for a network socket that is connected already.
public final class LocalSockets extends SocketFactory {
    private final Path file;

    /// For the driver.
    public LocalSockets(String file) {
        this.file = Path.of(file);
    }

    @Override
    public Socket createSocket() throws IOException {
        return LocalSocket.open(file);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw elsewhere();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
            throws IOException {
        throw elsewhere();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw elsewhere();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
            throws IOException {
        throw elsewhere();
    }

    private SocketException elsewhere() {
        return new SocketException("the way leads through " + file + " only");
    }
}
