package dev.pointsman.cli.real;

import dev.pointsman.cli.demo.EmbeddedSettings;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Network;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.postgresql.PostgreSQLContainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/// A server in a container, for `-Dpostgres=containers`. Its port on this machine is fixed, so that
/// it stays the same through a restart.
record ContainerRealServer(int major, int port, String alias, PostgreSQLContainer container)
        implements RealServer {
    private static final int PORT_INSIDE = 5432;
    private static final String ACCESS_FILE = "/etc/pointsman_hba.conf";

    /// All servers of one JVM see each other in this network.
    private static final Network NETWORK = Network.newNetwork();

    static RealServer start(EmbeddedSettings settings) {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IllegalStateException(
                    "-Dpostgres=containers needs a Docker engine, and none answers: start one, or"
                            + " leave the option out to use embedded servers");
        }
        int port = freePort();
        var alias = "postgres" + settings.major() + "p" + port;
        var container =
                new PostgreSQLContainer("postgres:" + settings.major())
                        .withUsername(SUPERUSER)
                        .withNetwork(NETWORK)
                        .withNetworkAliases(alias)
                        .withCopyToContainer(Transferable.of(access(settings)), ACCESS_FILE)
                        .withCommand(command(settings).toArray(String[]::new));
        container.setPortBindings(List.of("127.0.0.1:" + port + ":" + PORT_INSIDE));
        container.start();
        return new ContainerRealServer(settings.major(), port, alias, container);
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public String peerHost() {
        return alias;
    }

    @Override
    public int peerPort() {
        return PORT_INSIDE;
    }

    @Override
    public void stop() {
        container.getDockerClient().stopContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void crash() {
        container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void restart() {
        container.getDockerClient().restartContainerCmd(container.getContainerId()).exec();
        RealServers.awaitLogin(this);
    }

    @Override
    public boolean isRunning() {
        return container.isRunning();
    }

    @Override
    public void close() {
        container.close();
    }

    private static String access(EmbeddedSettings settings) {
        var lines = new ArrayList<>(List.of("local all all trust"));
        settings.access().forEach(line -> lines.add(line.replace("127.0.0.1/32", "all")));
        return String.join("\n", lines) + "\n";
    }

    private static List<String> command(EmbeddedSettings settings) {
        var words = new ArrayList<>(List.of("postgres", "-c", "hba_file=" + ACCESS_FILE));
        settings.parameters()
                .forEach(
                        (name, value) -> {
                            words.add("-c");
                            words.add(name + "=" + value.replaceAll("^'|'$", ""));
                        });
        return words;
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
