package dev.pointsman.core;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import dev.pointsman.core.fuzz.Corpus;
import dev.pointsman.core.fuzz.Mutator;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedServer;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Clients whose bytes are almost the protocol, through the whole proxy: each gets an end in order,
/// no fault is met, memory stays in bounds, and the client beside them notices nothing.
@Timeout(300)
class FuzzedClientsTest {
    private static final int RUNS = 250;
    private static final int PATIENCE_MILLIS = 120_000;
    private static final long MEMORY_MAX = 64L << 20;
    private static final byte[] LOGIN =
            Bytes.empty()
                    .int32(3 << 16)
                    .string("user")
                    .string(PathRig.USER)
                    .string("database")
                    .string(PathRig.DATABASE)
                    .int8(0)
                    .asPacket();

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

    @BeforeEach
    void listen() {
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void noFaultWasMet() {
        root.detachAppender(log);
        assertThat(log.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.ERROR))
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEmpty();
    }

    /// A server that answers whatever it is asked, as PostgreSQL would.
    private static void answerAll(ScriptedServer.Conversation conversation) {
        conversation.untilTheyGo(() -> answerUntilGoodbye(conversation));
    }

    private static void answerUntilGoodbye(ScriptedServer.Conversation conversation) {
        conversation.letIn();
        boolean failed = false;
        for (var asked = conversation.receive(); asked.type() != 'X'; ) {
            if (asked.type() == 'S') {
                conversation.sendReady('I');
                failed = false;
            } else if (!failed) {
                failed = !answer(conversation, asked);
            }
            asked = conversation.receive();
        }
    }

    /// Whether the rest up to the Sync is run too.
    private static boolean answer(ScriptedServer.Conversation conversation, Message asked) {
        switch (asked.type()) {
            case 'Q' -> conversation.sendDone("SELECT 1", 'I');
            case 'P' -> {
                if (!isSelect(asked)) {
                    conversation.sendError("42601", "syntax error");
                    return false;
                }
                conversation.send('1', Bytes.empty());
            }
            case 'B' -> conversation.send('2', Bytes.empty());
            case 'D' -> conversation.send('n', Bytes.empty());
            case 'E' -> conversation.sendComplete("SELECT 1");
            case 'C' -> conversation.send('3', Bytes.empty());
            case 'F' -> {
                conversation.send('V', Bytes.empty().int32(-1));
                conversation.sendReady('I');
            }
            default -> {}
        }
        return true;
    }

    private static boolean isSelect(Message parse) {
        var strings = parse.strings(0);
        return strings.size() > 1 && strings.get(1).startsWith("select");
    }

    @Test
    void whateverComesInPlaceOfAStartUpPacketGetsAnEndInOrder() throws IOException {
        long seed = Mutator.seed(FuzzedClientsTest.class);
        fuzz("startup", "{mode: transaction, size: 3}", new byte[0], seed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void whateverALoggedInClientSendsGetsAnEndInOrder(String mode) throws IOException {
        long seed = Mutator.seed(FuzzedClientsTest.class);
        fuzz("frontend", "{mode: " + mode + ", size: 3}", LOGIN, seed);
    }

    private static void fuzz(String kind, String pool, byte[] before, long seed)
            throws IOException {
        var mutator = new Mutator(Corpus.of(kind), seed);
        try (var server = ScriptedServer.listening(FuzzedClientsTest::answerAll);
                var rig = new PathRig(server.port(), pool);
                var beside = rig.logIn()) {
            for (int run = 0; run < RUNS; run++) {
                var bytes = mutator.run(run);
                var what =
                        "%s, seed %d, run %d: %s"
                                .formatted(kind, seed, run, HexFormat.of().formatHex(bytes));
                judge(what, talk(what, rig.port(), before, bytes));
                assertThat(beside.run("select 1")).as(what).isNotEmpty();
            }
            assertThat(direct()).as("direct memory").isLessThan(MEMORY_MAX);
        }
    }

    private static long direct() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    /// What the proxy says until it closes.
    private static byte[] talk(String what, int port, byte[] before, byte[] bytes) {
        var heard = new ByteArrayOutputStream();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(before);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            socket.getInputStream().transferTo(heard);
        } catch (SocketException _) {
            // A reset is an end too.
        } catch (IOException e) {
            throw new AssertionError("no end: " + what, e);
        }
        return heard.toByteArray();
    }

    /// Whole messages only, and no report of a fault.
    private static void judge(String what, byte[] heard) {
        var in = ByteBuffer.wrap(heard);
        while (in.hasRemaining() && in.get(in.position()) == 'N' && in.remaining() == 1) {
            in.get();
        }
        while (in.remaining() >= 5) {
            int at = in.position();
            byte type = in.get(at);
            int length = in.getInt(at + 1);
            if (type == 'N' && (length < 4 || length > in.remaining())) {
                // The answer to a request for encryption.
                in.get();
                continue;
            }
            assertThat(length).as(what).isBetween(4, in.remaining() - 1);
            if (type == 'E') {
                var text = new String(heard, at, length, StandardCharsets.UTF_8);
                assertThat(text).as(what).doesNotContain("CXX000");
            }
            in.position(at + 1 + length);
        }
    }
}
