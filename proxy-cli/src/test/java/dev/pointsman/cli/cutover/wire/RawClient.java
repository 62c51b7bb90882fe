package dev.pointsman.cli.cutover.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// A client that sends exactly what it is told, over a real socket, and reads the answers as short
/// words: `Z I`, `C INSERT 0 1`, `E 57014 …`, `D value`, or the type alone. For a proxy that asks
/// for no password.
public final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 120_000;
    private static final int CANCEL = 80_877_102;

    private final Socket socket;
    private final DataInputStream in;
    private final Map<String, String> reported = new HashMap<>();
    private byte[] key = {};
    private String negotiation = "";

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /// Logs in on a loopback port.
    public static RawClient connect(int port, String user, String database) {
        return connect(port, Map.of("user", user, "database", database));
    }

    /// Logs in with this start-up packet.
    public static RawClient connect(int port, Map<String, String> startup) {
        return connect(port, 0, startup);
    }

    /// Logs in with this start-up packet of protocol 3.`minor`.
    public static RawClient connect(int port, int minor, Map<String, String> startup) {
        try {
            var client = new RawClient(new Socket(InetAddress.getLoopbackAddress(), port));
            var packet = Message.bare().int32(3 << 16 | minor);
            startup.forEach((name, value) -> packet.text(name).text(value));
            client.send(packet.int8(0));
            client.awaitReady();
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException("port " + port, e);
        }
    }

    /// Sends messages in one write.
    public RawClient send(Message... messages) {
        try {
            var out = new ByteArrayOutputStream();
            for (var message : messages) {
                out.writeBytes(message.bytes());
            }
            socket.getOutputStream().write(out.toByteArray());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends a Query and reads up to ReadyForQuery.
    public List<String> run(String sql) {
        return send(Message.query(sql)).awaitReady();
    }

    /// Everything up to and with the next ReadyForQuery, or `EOF` when the proxy closes; without
    /// parameter reports, which come at any time.
    public List<String> awaitReady() {
        var words = new ArrayList<String>();
        while (true) {
            var word = next();
            if (word.startsWith("S ")) {
                int equals = word.indexOf('=');
                reported.put(word.substring(2, equals), word.substring(equals + 1));
                continue;
            }
            words.add(word);
            if (word.startsWith("Z ") || word.equals("EOF")) {
                return words;
            }
        }
    }

    /// What the server has reported of this setting last, among what was read.
    public String reported(String name) {
        return reported.getOrDefault(name, "");
    }

    /// The next message in words.
    public String next() {
        try {
            int type = in.read();
            if (type < 0) {
                return "EOF";
            }
            var body = new byte[in.readInt() - 4];
            in.readFully(body);
            if (type == 'K') {
                key = body;
            } else if (type == 'v') {
                negotiation = HexFormat.of().formatHex(body);
            }
            return Message.words((char) type, body);
        } catch (EOFException | SocketException _) {
            return "EOF";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether anything has arrived that was not read.
    public boolean hasAnswer() {
        try {
            return in.available() > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The body of the NegotiateProtocolVersion that came in hexadecimal digits, or nothing.
    public String negotiation() {
        return negotiation;
    }

    /// Bytes of the secret in the cancel key.
    public int secretBytes() {
        return key.length - Integer.BYTES;
    }

    /// The number that the proxy knows this client by.
    public int id() {
        return ByteBuffer.wrap(key).getInt();
    }

    /// Sends a cancel request and waits until the proxy has dealt with it.
    public void cancel() {
        try (var other = new RawClient(new Socket(socket.getInetAddress(), socket.getPort()))) {
            other.send(Message.bare().int32(CANCEL).raw(key));
            if (!other.next().equals("EOF")) {
                throw new AssertionError("a cancel request was answered");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        hangUp();
    }

    /// Goes away without a word.
    public void hangUp() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
