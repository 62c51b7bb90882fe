package dev.pointsman.core.server;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.wire.message.CancelKey;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/// A logged-in connection to nobody: what is sent on it, a test looks at and answers.
public final class ModelConnection {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ServerConnection connection;

    public ModelConnection(String server, String user, int pid) {
        Server settings =
                new Server(
                        server,
                        "127.0.0.1",
                        1,
                        "shop",
                        Server.SslMode.DISABLE,
                        new Server.Control("postgres", new Secret.Absent(), "postgres"),
                        Map.of(),
                        new Server.Peer("127.0.0.1", 1, Server.SslMode.DISABLE));
        connection =
                new ServerConnection(
                        channel,
                        new Login.Outcome(
                                new ServerLogin(settings, user, new Secret.Absent(), Map.of()),
                                new Dial(NioSocketChannel::new, Duration.ZERO),
                                new CancelKey(pid, new byte[] {1, 2, 3, 4}),
                                ServerParameters.of(Map.of("server_version", "18.0"))));
        channel.pipeline().addLast(new ServerHandler(connection));
    }

    public ServerConnection connection() {
        return connection;
    }

    public String server() {
        return connection.login().server().name();
    }

    public boolean isOpen() {
        return channel.isActive();
    }

    /// Whether it is closed; then what was sent on it is let go.
    public boolean isOver() {
        if (!channel.isActive()) {
            channel.releaseOutbound();
            return true;
        }
        return false;
    }

    /// The server, or the network, ends it.
    public void cut() {
        channel.close();
    }

    /// Answers DISCARD ALL if it was asked for. True: it was.
    public boolean answer() {
        ByteBuf sent = channel.readOutbound();
        if (sent == null) {
            return false;
        }
        boolean discard = sent.toString(StandardCharsets.UTF_8).contains("DISCARD ALL");
        sent.release();
        if (discard) {
            channel.writeInbound(
                    Unpooled.buffer()
                            .writeByte('C')
                            .writeInt(16)
                            .writeBytes("DISCARD ALL\0".getBytes(StandardCharsets.UTF_8))
                            .writeByte('Z')
                            .writeInt(5)
                            .writeByte('I'));
        }
        return discard;
    }
}
