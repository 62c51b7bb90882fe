package dev.pointsman.cli.demo;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports that nobody listens on.
public final class LoopbackPort {
    /// Below the range that systems give to outgoing connections, so that a port stays free for us
    /// while its owner is down.
    private static final int MIN = 15_000;

    private static final int MAX = 32_000;
    private static final int ATTEMPTS = 100;

    private LoopbackPort() {}

    /// A port that is free on loopback now.
    public static int free() throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(MIN, MAX);
            try (var socket = new ServerSocket()) {
                socket.bind(
                        new InetSocketAddress(InetAddress.ofLiteral(EmbeddedServer.HOST), port));
                return port;
            } catch (BindException _) {
                // taken: another one
            }
        }
        throw new IOException("no free port on " + EmbeddedServer.HOST);
    }
}
