package dev.pointsman.core.peer;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One end of a conversation on a socket, blocking, for one thread. Whatever is not as expected is
/// an [AssertionError]; so is silence for longer than [#PATIENCE].
public sealed class Peer implements AutoCloseable
        permits ScriptedClient, ScriptedServer.Conversation {
    /// How long a peer waits for anything before it calls the test failed.
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Socket socket;
    private final DataInputStream in;

    Peer(Socket socket) {
        this.socket = socket;
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends raw bytes, in one write.
    public void send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new Gone("cannot send: the other side has gone", e);
        }
    }

    /// Sends a message of `type` with `body`.
    public void send(char type, Bytes body) {
        send(body.asMessage(type));
    }

    /// Sends `bytes` in pieces of at most `piece` bytes, each in a write of its own.
    public void sendInPieces(byte[] bytes, int piece) {
        for (int from = 0; from < bytes.length; from += piece) {
            send(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + piece)));
        }
    }

    /// Reads the next message, whatever it is.
    public Message receive() {
        return reading(
                "a message",
                () -> {
                    char type = (char) in.readUnsignedByte();
                    return new Message(type, readBody());
                });
    }

    /// Reads the next message, which must be of `type`.
    public Message expect(char type) {
        var message =
                reading(
                        "message " + type,
                        () -> new Message((char) in.readUnsignedByte(), readBody()));
        if (message.type() != type) {
            throw new AssertionError(
                    "expected message " + type + ", got " + message + described(message));
        }
        return message;
    }

    /// Reads messages up to and including the first of `type`, and returns them all.
    public List<Message> expectUpTo(char type) {
        var all = new ArrayList<Message>();
        do {
            all.add(receive());
        } while (all.getLast().type() != type);
        return all;
    }

    /// Reads exactly these bytes.
    public void expectBytes(byte[] expected) {
        var got = reading(expected.length + " bytes", () -> in.readNBytes(expected.length));
        if (!Arrays.equals(got, expected)) {
            throw new AssertionError(
                    "expected bytes "
                            + Arrays.toString(expected)
                            + ", got "
                            + Arrays.toString(got));
        }
    }

    /// Waits until the other side has closed; bytes before the close are a failure.
    public void expectClosed() {
        try {
            int next = in.read();
            if (next >= 0) {
                throw new AssertionError(
                        "expected the connection's end, got byte '" + (char) next + "'");
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("expected the connection's end, but it stays open", e);
        } catch (SocketException _) {
            // a reset is an end too
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads whatever comes, for as long as the other side likes, and ends when that has gone.
    public void readUntilGone() {
        waitWithoutLimit();
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException _) {
            // an end of another kind
        }
    }

    /// Whether nothing has arrived that was not read yet. It proves nothing about what is still
    /// under way: order it behind something that the other side does later.
    public boolean isSilent() {
        try {
            return in.available() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits for a latch of the test, so that a script goes on at a moment that the test chooses.
    public void until(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the test never let this script go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the test", e);
        }
    }

    /// Sends the end of the stream and goes on reading.
    public void halfClose() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Drops the connection with a reset, as a killed process or a firewall does.
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// From here on silence is no failure.
    void waitWithoutLimit() {
        try {
            socket.setSoTimeout(0);
        } catch (SocketException e) {
            throw new Gone("the other side has gone", e);
        }
    }

    /// Reads a packet without a type byte: a start-up, cancel or encryption request.
    Message receivePacket() {
        return reading("a start-up packet", () -> new Message('\0', readBody()));
    }

    /// Reads one byte, as it answers an encryption request.
    char receiveByte() {
        return reading("one byte", () -> (char) in.readUnsignedByte());
    }

    private byte[] readBody() throws IOException {
        var body = new byte[in.readInt() - Integer.BYTES];
        in.readFully(body);
        return body;
    }

    private static String described(Message message) {
        return message.type() == 'E' ? " " + message.fields() : "";
    }

    private static <T> T reading(String what, Read<T> read) {
        try {
            return read.get();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("waited for " + what + ", nothing came", e);
        } catch (IOException e) {
            throw new Gone("waited for " + what + ", the connection ended", e);
        }
    }

    /// The other side ended the connection where the script wanted more of it.
    static final class Gone extends AssertionError {
        private static final long serialVersionUID = 1L;

        Gone(String what, IOException cause) {
            super(what, cause);
        }
    }

    private interface Read<T> {
        T get() throws IOException;
    }
}
