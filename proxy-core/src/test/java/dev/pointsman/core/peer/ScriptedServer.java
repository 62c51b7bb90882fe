package dev.pointsman.core.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Plays a PostgreSQL server: each connection gets a virtual thread that runs the script.
///
/// ```
/// try (var server = ScriptedServer.listening(conversation -> {
///     conversation.letIn();
///     conversation.expectQuery("select 1");
///     conversation.sendRows("1");
/// })) { … }
/// ```
///
/// [#close] fails when a script failed, so that a test cannot pass over it.
public final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Script script;
    private final AtomicInteger accepted = new AtomicInteger();
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final List<Run> runs = new ArrayList<>();
    private final Thread acceptor;

    private ScriptedServer(Script script) {
        this.script = script;
        try {
            this.listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.acceptor = Thread.ofVirtual().start(this::accept);
    }

    /// Listens on a free loopback port and plays `script` on each connection.
    public static ScriptedServer listening(Script script) {
        return new ScriptedServer(script);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /// How many connections were accepted so far.
    public int accepted() {
        return accepted.get();
    }

    /// Stops listening (new connections are refused) but lets scripts under way go on.
    public void refuseNewConnections() {
        try {
            listener.close();
            acceptor.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until each script that was begun has ended; fails if one failed.
    public void awaitScripts() {
        List<Run> begun;
        synchronized (runs) {
            begun = List.copyOf(runs);
        }
        for (var run : begun) {
            run.conversation.until(run.ended);
        }
        failIfAScriptFailed();
    }

    /// Stops listening, ends the connections, and fails if a script had failed by then.
    @Override
    public void close() {
        refuseNewConnections();
        var before = List.copyOf(failures);
        synchronized (runs) {
            runs.forEach(run -> run.conversation.close());
        }
        if (!before.isEmpty()) {
            throw new AssertionError(
                    "a server script failed: " + before.getFirst(), before.getFirst());
        }
    }

    private void failIfAScriptFailed() {
        var failure = failures.peek();
        if (failure != null) {
            throw new AssertionError("a server script failed: " + failure, failure);
        }
    }

    private void accept() {
        while (true) {
            Socket socket;
            try {
                socket = listener.accept();
            } catch (IOException _) {
                return; // closed
            }
            var run =
                    new Run(
                            new Conversation(socket, accepted.incrementAndGet()),
                            new CountDownLatch(1));
            synchronized (runs) {
                runs.add(run);
            }
            Thread.ofVirtual().start(() -> play(run));
        }
    }

    private void play(Run run) {
        try (var conversation = run.conversation) {
            script.play(conversation);
        } catch (Throwable failure) {
            failures.add(failure);
        } finally {
            run.ended.countDown();
        }
    }

    private record Run(Conversation conversation, CountDownLatch ended) {}

    /// What a server does on one connection. The connection is closed when it returns.
    public interface Script {
        void play(Conversation conversation) throws Exception;
    }

    /// The server's end of one connection.
    public static final class Conversation extends Peer {
        private static final int SSL = 80_877_103;
        private static final int GSS = 80_877_104;

        private final Socket socket;
        private final int number;

        private Conversation(Socket socket, int number) {
            super(socket);
            this.socket = socket;
            this.number = number;
        }

        /// Runs `part`, which may end anywhere by the other side's going away: a proxy that is
        /// being closed says no goodbye, and may take back what it was opening. It may say nothing
        /// for as long as it likes, as to a connection that it keeps. Any other failure counts.
        public void untilTheyGo(Runnable part) {
            try {
                waitWithoutLimit();
                part.run();
            } catch (Gone _) {
                // the end that was allowed
            }
        }

        /// Which connection this is, from 1.
        public int number() {
            return number;
        }

        /// Reads the start-up packet and returns its parameters. Requests for encryption before it
        /// are refused with `N`.
        public Map<String, String> expectStartUp() {
            var packet = receivePacket();
            while (packet.int32(0) == SSL || packet.int32(0) == GSS) {
                send(new byte[] {'N'});
                packet = receivePacket();
            }
            var words = packet.strings(Integer.BYTES);
            var parameters = new LinkedHashMap<String, String>();
            for (int i = 0; i + 1 < words.size(); i += 2) {
                parameters.put(words.get(i), words.get(i + 1));
            }
            return parameters;
        }

        /// Reads a request for TLS, which must come, and leaves the answer to the script.
        public void expectTlsRequest() {
            var packet = receivePacket();
            if (packet.int32(0) != SSL) {
                throw new AssertionError("expected a request for TLS, got " + packet);
            }
        }

        /// Does the server's side of a handshake, and goes on as the conversation returned.
        ///
        /// @throws IOException when the client does not want to go on
        public Conversation encrypt(SSLContext context) throws IOException {
            var factory = context.getSocketFactory();
            var secure = (SSLSocket) factory.createSocket(socket, null, socket.getPort(), true);
            secure.setUseClientMode(false);
            secure.startHandshake();
            return new Conversation(secure, number);
        }

        /// Reads a packet without type byte as it is: a cancel request, or a start-up to look at.
        public Message expectPacket() {
            return receivePacket();
        }

        public void sendAuthenticationOk() {
            sendAuthentication(0, new byte[0]);
        }

        public void sendAuthentication(int code, byte[] data) {
            send('R', Bytes.empty().int32(code).raw(data));
        }

        public void sendParameter(String name, String value) {
            send('S', Bytes.empty().string(name).string(value));
        }

        public void sendKey(int pid, int secret) {
            send('K', Bytes.empty().int32(pid).int32(secret));
        }

        /// Sends ReadyForQuery with `status` (`I`, `T` or `E`).
        public void sendReady(char status) {
            send('Z', Bytes.empty().int8(status));
        }

        /// A whole login without a password; returns the start-up parameters. The process id is
        /// this connection's number.
        public Map<String, String> letIn() {
            var parameters = expectStartUp();
            sendAuthenticationOk();
            sendParameter("server_version", "18.6");
            sendParameter("client_encoding", "UTF8");
            sendParameter("standard_conforming_strings", "on");
            sendKey(number, 1_000 + number);
            sendReady('I');
            return parameters;
        }

        /// Reads a Query and returns its text.
        public String expectQuery() {
            return expect('Q').text();
        }

        /// Reads a Query, which must have this text.
        public void expectQuery(String sql) {
            var got = expectQuery();
            if (!got.equals(sql)) {
                throw new AssertionError("expected query <" + sql + ">, got <" + got + ">");
            }
        }

        /// Takes and answers the statement that begins a transaction.
        public void begin() {
            expectQuery("begin");
            sendDone("BEGIN", 'T');
        }

        /// Reads Parse, Bind and Execute, and no Sync behind them.
        public void expectRun() {
            expect('P');
            expect('B');
            expect('E');
        }

        public void sendComplete(String tag) {
            send('C', Bytes.empty().string(tag));
        }

        /// One text column called `c`.
        public void sendRowDescription() {
            send(
                    'T',
                    Bytes.empty()
                            .int16(1)
                            .string("c")
                            .int32(0)
                            .int16(0)
                            .int32(25)
                            .int16(-1)
                            .int32(-1)
                            .int16(0));
        }

        public void sendRow(String value) {
            var bytes = value.getBytes(StandardCharsets.UTF_8);
            send('D', Bytes.empty().int16(1).int32(bytes.length).raw(bytes));
        }

        /// The whole answer to a simple query: one text column, a row for each value, idle after
        /// it.
        public void sendRows(String... values) {
            sendRowDescription();
            for (var value : values) {
                sendRow(value);
            }
            sendComplete("SELECT " + values.length);
            sendReady('I');
        }

        /// The whole answer to a statement without rows.
        public void sendDone(String tag, char status) {
            sendComplete(tag);
            sendReady(status);
        }

        public void sendError(String sqlState, String message) {
            send('E', report("ERROR", sqlState, message));
        }

        public void sendFatal(String sqlState, String message) {
            send('E', report("FATAL", sqlState, message));
        }

        public void sendNotice(String message) {
            send('N', report("NOTICE", "00000", message));
        }

        private static Bytes report(String severity, String sqlState, String message) {
            return Bytes.empty()
                    .string("S" + severity)
                    .string("V" + severity)
                    .string("C" + sqlState)
                    .string("M" + message)
                    .int8(0);
        }
    }
}
