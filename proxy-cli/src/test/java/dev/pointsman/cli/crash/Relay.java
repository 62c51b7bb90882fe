package dev.pointsman.cli.crash;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// A network between a proxy and one server, which can be told to fail when the decision of a
/// cutover passes, or the commit of its fence: the connection of the pause, known by the function
/// that it makes for itself, or that of the fence, known by its last statement, breaks before the
/// request or before its answer gets through.
final class Relay implements AutoCloseable {
    /// What happens to the next decision or fence.
    enum Fate {
        PASSES,
        NEVER_ARRIVES,
        ANSWER_IS_LOST,
        /// Its sender sees the connection break, the server sees nothing until [#deliver].
        IS_DETAINED
    }

    /// The kind of the record that a decision writes, as a parameter of its statement; rehearsals
    /// write another.
    private static final byte[] DECISION = "decided".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] PAUSE_LANE =
            "pg_temp.pointsman_decide(".getBytes(StandardCharsets.US_ASCII);

    /// What a fence puts into the record of its attempt, before its last statement; one that is
    /// only tried does not.
    private static final byte[] OLD_VALUES = "\"by_rights\":".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] FENCE =
            "SET default_transaction_read_only = on".getBytes(StandardCharsets.US_ASCII);

    private static final Duration LATE_MAX = Duration.ofSeconds(30);
    private static final byte[] READY = {'Z', 0, 0, 0, 5, 'I'};

    private final ServerSocket listener;
    private final int to;
    private volatile Fate fate = Fate.PASSES;
    private volatile Fate fenceFate = Fate.PASSES;
    private volatile Runnable then = () -> {};
    private final AtomicInteger met = new AtomicInteger();
    private volatile byte[] wanted = {};
    private volatile byte[] announced = {};
    private final AtomicReference<@Nullable Detained> detained = new AtomicReference<>();

    /// A request on its way, whose sender has given it up.
    private record Detained(Pair on, ByteBuffer bytes) {}

    private Relay(ServerSocket listener, int to) {
        this.listener = listener;
        this.to = to;
    }

    /// To a server's port on this machine.
    static Relay to(int port) throws IOException {
        var relay = new Relay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
        Thread.ofVirtual().start(relay::accept);
        return relay;
    }

    int port() {
        return listener.getLocalPort();
    }

    /// From now on; `then` runs before the connection breaks.
    void decisions(Fate next, Runnable then) {
        this.then = then;
        fate = next;
    }

    /// The same for what follows the last statement of a fence, which is its commit.
    void fences(Fate next, Runnable then) {
        this.then = then;
        fenceFate = next;
    }

    /// How many decisions and fences have met their fate.
    int met() {
        return met.get();
    }

    /// Keeps the next request that says all of this; its sender sees its connection break.
    void detain(String request) {
        wanted = request.getBytes(StandardCharsets.US_ASCII);
    }

    /// Does something before the next request passes that says all of this.
    void before(String request, Runnable deed) {
        then = deed;
        announced = request.getBytes(StandardCharsets.US_ASCII);
    }

    boolean hasDetained() {
        return detained.get() != null;
    }

    /// Lets the server have the request after all; returns when it is carried out.
    void deliver() throws IOException, InterruptedException {
        var late = detained.getAndSet(null);
        if (late == null) {
            throw new IllegalStateException("nothing is detained");
        }
        Pair.write(
                late.on().server.getOutputStream(),
                late.bytes().array(),
                late.bytes().array().length);
        if (!late.on().carriedOut.await(LATE_MAX.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("the server has not answered");
        }
    }

    private void accept() {
        try {
            while (true) {
                var client = listener.accept();
                Thread.ofVirtual().start(() -> relay(client));
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void relay(Socket client) {
        try (client;
                var server = new Socket(InetAddress.getLoopbackAddress(), to)) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            var one = new Pair(client, server);
            var back = Thread.ofVirtual().start(one::answers);
            if (one.requests()) {
                server.shutdownOutput();
            } else {
                client.close();
            }
            back.join();
        } catch (IOException e) {
            // either end is gone, and now the other one is
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// The two ends of one connection.
    private final class Pair {
        private final Socket client;
        private final Socket server;
        private boolean isPause;
        private boolean isRecorded;
        private boolean isFence;
        private volatile boolean isDetained;
        private final CountDownLatch carriedOut = new CountDownLatch(1);
        private volatile boolean losesAnswer;

        Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        /// False when the client is to be given up and the server is not.
        boolean requests() throws IOException {
            var buffer = new byte[1 << 16];
            var in = client.getInputStream();
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                if (wanted.length > 0 && contains(buffer, n, wanted)) {
                    wanted = new byte[0];
                    keep(buffer, n);
                    return false;
                }
                if (announced.length > 0 && contains(buffer, n, announced)) {
                    announced = new byte[0];
                    meetsFate();
                }
                switch (fateOf(buffer, n)) {
                    case PASSES -> {}
                    case NEVER_ARRIVES -> {
                        breakOff();
                        return true;
                    }
                    case ANSWER_IS_LOST -> losesAnswer = true;
                    case IS_DETAINED -> {
                        keep(buffer, n);
                        meetsFate();
                        return false;
                    }
                }
                write(server.getOutputStream(), buffer, n);
            }
            return true;
        }

        private Fate fateOf(byte[] buffer, int n) {
            isPause = isPause || contains(buffer, n, PAUSE_LANE);
            if (isPause && contains(buffer, n, DECISION)) {
                return fate;
            }
            var next = isFence ? fenceFate : Fate.PASSES;
            isRecorded = (isRecorded || contains(buffer, n, OLD_VALUES)) && !isFence;
            isFence = isRecorded && contains(buffer, n, FENCE);
            return next;
        }

        private void keep(byte[] buffer, int n) {
            isDetained = true;
            detained.set(new Detained(this, ByteBuffer.wrap(Arrays.copyOf(buffer, n))));
        }

        void answers() {
            try {
                var buffer = new byte[1 << 16];
                InputStream in = server.getInputStream();
                for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                    if (isDetained) {
                        if (contains(buffer, n, READY)) {
                            carriedOut.countDown();
                            server.close();
                            return;
                        }
                    } else if (!losesAnswer) {
                        write(client.getOutputStream(), buffer, n);
                    } else if (contains(buffer, n, READY)) {
                        breakOff();
                        return;
                    }
                }
                client.close();
            } catch (IOException _) {
                closeQuietly();
            }
        }

        private void meetsFate() {
            fate = Fate.PASSES;
            fenceFate = Fate.PASSES;
            then.run();
            met.incrementAndGet();
        }

        private void breakOff() throws IOException {
            try {
                meetsFate();
            } finally {
                client.close();
                server.close();
            }
        }

        private void closeQuietly() {
            try {
                client.close();
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void write(OutputStream out, byte[] buffer, int n) throws IOException {
            out.write(buffer, 0, n);
            out.flush();
        }
    }

    private static boolean contains(byte[] buffer, int n, byte[] what) {
        for (int i = 0; i + what.length <= n; i++) {
            if (Arrays.equals(buffer, i, i + what.length, what, 0, what.length)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
