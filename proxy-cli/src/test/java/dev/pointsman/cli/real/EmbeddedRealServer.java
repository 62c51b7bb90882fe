package dev.pointsman.cli.real;

import dev.pointsman.cli.demo.EmbeddedServer;

/// A server from the binaries that the build carries.
public record EmbeddedRealServer(EmbeddedServer server) implements RealServer {
    @Override
    public int major() {
        return server.major();
    }

    @Override
    public String host() {
        return EmbeddedServer.HOST;
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public String peerHost() {
        return host();
    }

    @Override
    public int peerPort() {
        return port();
    }

    @Override
    public void stop() {
        server.stop();
    }

    @Override
    public void crash() {
        server.crash();
    }

    @Override
    public void restart() {
        server.restart();
    }

    @Override
    public boolean isRunning() {
        return server.isRunning();
    }

    @Override
    public void close() {
        server.close();
    }
}
