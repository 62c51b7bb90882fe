package dev.pointsman.core.session.prepared;

import dev.pointsman.core.session.pin.Lexicon;
import dev.pointsman.core.session.pin.Pins;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// What a client's Parse said but for its name: the text and the parameters' types. Equal ones are
/// prepared once on a server connection, whoever's they are.
final class Statement {
    /// Types with smaller numbers are PostgreSQL's own, and the same on every server.
    private static final int FIRST_OF_USERS = 16_384;

    private final byte[] body;
    private final int hash;
    private final String server;
    private @Nullable Lexicon readWith;
    private int traces;

    private Statement(byte[] body, String server) {
        this.body = body;
        this.hash = Arrays.hashCode(body);
        this.server = server;
    }

    /// Copies a Parse's body from behind the name on.
    ///
    /// @param server where the types' numbers come from
    static Statement copy(ByteBuf bytes, int from, int to, String server) {
        var body = new byte[to - from];
        bytes.getBytes(from, body);
        return new Statement(body, server);
    }

    /// What running it may leave, as far as is known now.
    int traces(Pins pins) {
        var lexicon = pins.lexicon();
        if (lexicon != readWith) {
            readWith = lexicon;
            traces = pins.read(Unpooled.wrappedBuffer(body), 0, body.length, true);
        }
        return traces;
    }

    int length() {
        return body.length;
    }

    /// Writes it for a server. Types of users have other numbers elsewhere: there the server is
    /// left to tell them from the text.
    void write(ByteBuf out, String forServer) {
        int from = out.writerIndex();
        out.writeBytes(body);
        if (!forServer.equals(server)) {
            for (int at = from + typesStart();
                    at + Integer.BYTES <= out.writerIndex();
                    at += Integer.BYTES) {
                if (out.getUnsignedInt(at) >= FIRST_OF_USERS) {
                    out.setInt(at, 0);
                }
            }
        }
    }

    private int typesStart() {
        int zero = 0;
        while (body[zero] != 0) {
            zero++;
        }
        return zero + 1 + Short.BYTES;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Statement that
                        && hash == that.hash
                        && Arrays.equals(body, that.body)
                        && server.equals(that.server));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
