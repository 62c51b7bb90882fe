package dev.pointsman.core.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Plays a PostgreSQL client.
public final class ScriptedClient extends Peer {
    private static final int PROTOCOL_3_0 = 196_608;
    private static final int CANCEL = 80_877_102;
    private static final int SSL = 80_877_103;

    private final Socket socket;

    private ScriptedClient(Socket socket) {
        super(socket);
        this.socket = socket;
    }

    /// Connects to a loopback port and says nothing yet.
    public static ScriptedClient connect(int port) {
        try {
            return new ScriptedClient(new Socket(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to port " + port, e);
        }
    }

    /// Takes a connection that is there and says nothing yet.
    public static ScriptedClient over(Socket socket) {
        return new ScriptedClient(socket);
    }

    /// Sends a start-up packet of protocol 3.0 with these parameters.
    public void startUp(Map<String, String> parameters) {
        var body = Bytes.empty().int32(PROTOCOL_3_0);
        parameters.forEach((name, value) -> body.string(name).string(value));
        send(body.int8(0).asPacket());
    }

    public void startUp(String user, String database) {
        startUp(Map.of("user", user, "database", database));
    }

    /// Starts up where no password is asked for, and reads up to the first ReadyForQuery.
    public List<Message> logIn(String user, String database) {
        startUp(user, database);
        var answer = expectUpTo('Z');
        if (answer.getFirst().type() != 'R' || answer.getFirst().int32(0) != 0) {
            throw new AssertionError("not let in: " + answer.getFirst());
        }
        return answer;
    }

    /// Asks for TLS and returns the answer's byte, `N` or `S`.
    public char askForTls() {
        send(Bytes.empty().int32(SSL).asPacket());
        return receiveByte();
    }

    /// Does the client's side of a TLS handshake on the same connection, and goes on as the client
    /// returned.
    ///
    /// @param applications the protocols to offer, by their ALPN names
    public ScriptedClient encrypt(SSLContext context, String... applications) throws IOException {
        var secure =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(socket, "localhost", socket.getPort(), true);
        var parameters = secure.getSSLParameters();
        parameters.setApplicationProtocols(applications);
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return new ScriptedClient(secure);
    }

    /// Asks for TLS, which must be there, and does the handshake.
    public ScriptedClient askAndEncrypt(SSLContext context) throws IOException {
        if (askForTls() != 'S') {
            throw new AssertionError("encryption was refused");
        }
        return encrypt(context);
    }

    /// Sends a cancel request; the secret is as long as the server made it.
    public void cancel(int pid, byte[] secret) {
        send(Bytes.empty().int32(CANCEL).int32(pid).raw(secret).asPacket());
    }

    public void query(String sql) {
        send('Q', Bytes.empty().string(sql));
    }

    /// Sends a Query and reads up to ReadyForQuery.
    public List<Message> run(String sql) {
        query(sql);
        return expectUpTo('Z');
    }

    public void password(String password) {
        send('p', Bytes.empty().string(password));
    }

    public void parse(String name, String sql) {
        send('P', Bytes.empty().string(name).string(sql).int16(0));
    }

    /// Binds text values to the statement `name` in the unnamed portal; results come as text.
    public void bind(String name, String... values) {
        var body = Bytes.empty().string("").string(name).int16(0).int16(values.length);
        for (var value : values) {
            var text = Bytes.empty().string(value).toArray();
            body.int32(text.length - 1).raw(Arrays.copyOf(text, text.length - 1));
        }
        send('B', body.int16(0));
    }

    public void describeStatement(String name) {
        send('D', Bytes.empty().int8('S').string(name));
    }

    /// Executes the unnamed portal to its end.
    public void execute() {
        send('E', Bytes.empty().string("").int32(0));
    }

    public void closeStatement(String name) {
        send('C', Bytes.empty().int8('S').string(name));
    }

    public void sync() {
        send('S', Bytes.empty());
    }

    public void flush() {
        send('H', Bytes.empty());
    }

    public void terminate() {
        send('X', Bytes.empty());
    }

    /// Reads a ReadyForQuery, which must carry `status` (`I`, `T` or `E`).
    public void expectReady(char status) {
        var ready = expect('Z');
        if (ready.body()[0] != status) {
            throw new AssertionError("expected ReadyForQuery " + status + ", got " + ready);
        }
    }

    /// Reads an ErrorResponse, which must carry `sqlState`, and returns it.
    public Message expectError(String sqlState) {
        var error = expect('E');
        if (!error.sqlState().equals(sqlState)) {
            throw new AssertionError("expected error " + sqlState + ", got " + error.fields());
        }
        return error;
    }
}
