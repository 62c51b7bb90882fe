package dev.pointsman.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.fuzz.Mutator;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/// However the network cuts the streams, each side gets the other's bytes, through the whole path
/// of a session: start-up, gate, pool, relay.
@Timeout(300)
class SplitStreamsTest {
    private static final int RUNS = 60;
    private static final int LONG = 70_000;

    /// One turn of a conversation: what the client sends, and what the server says to it.
    @SuppressWarnings("ArrayRecordComponent") // two turns are never compared
    private record Turn(byte[] request, int messages, byte[] answer) {}

    @Test
    void aCutAtEveryByteChangesNothing() {
        var turns = List.of(simple(40), extended(30), copyIn(50), copyOut(50));
        play(turns, new Random(1), 1);
    }

    @Test
    void cutsAtRandomPlacesChangeNothing() {
        long seed = Mutator.seed(SplitStreamsTest.class);
        for (int run = 0; run < RUNS; run++) {
            var random = new Random(seed + run);
            var turns = new ArrayList<Turn>();
            for (int count = 1 + random.nextInt(5); count > 0; count--) {
                int size = random.nextInt(8) == 0 ? LONG : random.nextInt(300);
                turns.add(
                        switch (random.nextInt(4)) {
                            case 0 -> simple(size);
                            case 1 -> extended(size);
                            case 2 -> copyIn(size);
                            default -> copyOut(size);
                        });
            }
            try {
                play(turns, random, 0);
            } catch (AssertionError e) {
                throw new AssertionError("seed %d, run %d".formatted(seed, run), e);
            }
        }
    }

    /// @param piece how many bytes are sent at once; 0: ever others
    private static void play(List<Turn> turns, Random random, int piece) {
        var arrived = new CopyOnWriteArrayList<Message>();
        var serverSeed = random.nextLong();
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    var cuts = new Random(serverSeed);
                                    for (var turn : turns) {
                                        for (int i = 0; i < turn.messages(); i++) {
                                            arrived.add(conversation.receive());
                                        }
                                        conversation.sendInPieces(
                                                turn.answer(), pieces(cuts, piece, turn.answer()));
                                    }
                                });
                var rig = new PathRig(server.port(), "{mode: session, size: 2}");
                var client = rig.connect()) {
            var login =
                    Bytes.empty()
                            .int32(3 << 16)
                            .string("user")
                            .string(PathRig.USER)
                            .string("database")
                            .string(PathRig.DATABASE)
                            .int8(0)
                            .asPacket();
            client.sendInPieces(login, pieces(random, piece, login));
            client.expectUpTo('Z');
            for (var turn : turns) {
                client.sendInPieces(turn.request(), pieces(random, piece, turn.request()));
                client.expectBytes(turn.answer());
            }
            server.awaitScripts();
        }
        var sent = new ByteArrayOutputStream();
        turns.forEach(turn -> sent.writeBytes(turn.request()));
        var came = new ByteArrayOutputStream();
        arrived.forEach(
                message ->
                        came.writeBytes(
                                Bytes.empty().raw(message.body()).asMessage(message.type())));
        assertThat(came.toByteArray()).isEqualTo(sent.toByteArray());
    }

    private static int pieces(Random random, int piece, byte[] bytes) {
        if (piece > 0) {
            return piece;
        }
        // Long ones in hundreds of pieces, short ones down to single bytes.
        return Math.max(1, bytes.length / 200) + random.nextInt(1 + Math.min(bytes.length, 60));
    }

    private static String text(int size) {
        return "x".repeat(size);
    }

    private static Turn simple(int size) {
        var answer =
                Bytes.empty()
                        .raw(Bytes.empty().int16(1).string("c").raw(new byte[18]).asMessage('T'))
                        .raw(row(size))
                        .raw(row(0))
                        .raw(Bytes.empty().string("SELECT 2").asMessage('C'))
                        .raw(ready());
        return new Turn(
                Bytes.empty().string("select '" + text(size) + "'").asMessage('Q'),
                1,
                answer.toArray());
    }

    private static byte[] row(int size) {
        return Bytes.empty()
                .int16(1)
                .int32(size)
                .raw(text(size).getBytes(StandardCharsets.US_ASCII))
                .asMessage('D');
    }

    private static byte[] ready() {
        return Bytes.empty().int8('I').asMessage('Z');
    }

    private static Turn extended(int size) {
        var request =
                Bytes.empty()
                        .raw(
                                Bytes.empty()
                                        .string("s" + size)
                                        .string("select $1 -- " + text(size))
                                        .int16(0)
                                        .asMessage('P'))
                        .raw(
                                Bytes.empty()
                                        .string("")
                                        .string("s" + size)
                                        .int16(0)
                                        .int16(1)
                                        .int32(size)
                                        .raw(new byte[size])
                                        .int16(0)
                                        .asMessage('B'))
                        .raw(Bytes.empty().int8('P').string("").asMessage('D'))
                        .raw(Bytes.empty().string("").int32(0).asMessage('E'))
                        .raw(Bytes.empty().asMessage('S'));
        var answer =
                Bytes.empty()
                        .raw(Bytes.empty().asMessage('1'))
                        .raw(Bytes.empty().asMessage('2'))
                        .raw(Bytes.empty().asMessage('n'))
                        .raw(Bytes.empty().string("SET").asMessage('C'))
                        .raw(ready());
        return new Turn(request.toArray(), 5, answer.toArray());
    }

    /// The server answers once everything is there, which PostgreSQL does at its end, too.
    private static Turn copyIn(int size) {
        var request =
                Bytes.empty()
                        .raw(
                                Bytes.empty()
                                        .string("")
                                        .string("copy t from stdin")
                                        .int16(0)
                                        .asMessage('P'))
                        .raw(
                                Bytes.empty()
                                        .string("")
                                        .string("")
                                        .int16(0)
                                        .int16(0)
                                        .int16(0)
                                        .asMessage('B'))
                        .raw(Bytes.empty().string("").int32(0).asMessage('E'))
                        .raw(Bytes.empty().raw(new byte[size]).asMessage('d'))
                        .raw(Bytes.empty().raw(new byte[size / 2]).asMessage('d'))
                        .raw(Bytes.empty().asMessage('c'))
                        .raw(Bytes.empty().asMessage('S'));
        var answer =
                Bytes.empty()
                        .raw(Bytes.empty().asMessage('1'))
                        .raw(Bytes.empty().asMessage('2'))
                        .raw(Bytes.empty().int8(0).int16(0).asMessage('G'))
                        .raw(Bytes.empty().string("COPY 2").asMessage('C'))
                        .raw(ready());
        return new Turn(request.toArray(), 7, answer.toArray());
    }

    private static Turn copyOut(int size) {
        var answer =
                Bytes.empty()
                        .raw(Bytes.empty().int8(0).int16(0).asMessage('H'))
                        .raw(Bytes.empty().raw(new byte[size]).asMessage('d'))
                        .raw(Bytes.empty().raw(new byte[0]).asMessage('d'))
                        .raw(Bytes.empty().asMessage('c'))
                        .raw(Bytes.empty().string("COPY 2").asMessage('C'))
                        .raw(ready());
        return new Turn(
                Bytes.empty().string("copy t to stdout").asMessage('Q'), 1, answer.toArray());
    }
}
