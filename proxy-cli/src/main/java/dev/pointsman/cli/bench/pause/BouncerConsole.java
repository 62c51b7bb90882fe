package dev.pointsman.cli.bench.pause;

import dev.pointsman.core.wire.BackendType;
import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.message.Requests;
import dev.pointsman.core.wire.message.ServerMessage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// PgBouncer's console, which a JDBC driver cannot talk to: the driver takes its version for that
/// of an old PostgreSQL and sets what the console does not know. Logs in without a password.
final class BouncerConsole implements AutoCloseable {
    private static final int ANSWER_MAX_MILLIS = 30_000;

    private final Socket socket = new Socket();
    private final DataInputStream in;

    BouncerConsole(String host, int port, String user) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_MAX_MILLIS);
            socket.connect(new InetSocketAddress(host, port), ANSWER_MAX_MILLIS);
            in = new DataInputStream(socket.getInputStream());
            var packet = Map.of("user", user, "database", "pgbouncer");
            send(out -> Requests.startup(out, Protocol.VERSION_3_0, packet));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// Returns when the command was carried out.
    void run(String command) throws IOException {
        send(out -> Requests.query(out, command));
    }

    private void send(Consumer<ByteBuf> request) throws IOException {
        var out = Unpooled.buffer();
        request.accept(out);
        socket.getOutputStream().write(out.array(), 0, out.readableBytes());
        var refused = answer();
        if (refused.isPresent()) {
            throw new IOException(refused.get().summary());
        }
    }

    private Optional<ServerMessage> answer() throws IOException {
        Optional<ServerMessage> refused = Optional.empty();
        while (true) {
            byte type = in.readByte();
            var body = Unpooled.wrappedBuffer(in.readNBytes(in.readInt() - Integer.BYTES));
            if (type == BackendType.ERROR_RESPONSE) {
                var error = ServerMessage.decode(body);
                refused = Optional.of(error);
                if (error.endsConnection()) {
                    return refused;
                }
            }
            if (type == BackendType.READY_FOR_QUERY) {
                return refused;
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // Closed is what was wanted.
        }
    }
}
