package dev.pointsman.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.fuzz.Mutator;
import dev.pointsman.core.wire.message.CancelKey;
import dev.pointsman.core.wire.message.LoginReplies;
import dev.pointsman.core.wire.message.Replies;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

class FrameScannerTest {
    private static final FrameSelection BACKEND =
            FrameSelection.ofBackend()
                    .with(BackendType.READY_FOR_QUERY, 1)
                    .with(BackendType.PARAMETER_STATUS, 1_000)
                    .with(BackendType.ERROR_RESPONSE, 20)
                    .with(BackendType.BACKEND_KEY_DATA, 260)
                    .with(BackendType.COPY_OUT_RESPONSE, 0);

    /// A report as the stream's reader sees it: positions count from the stream's first byte.
    private record Seen(int type, int start, int end, int bodyLength, String kept) {}

    @Test
    void messagesInOneBufferAreReportedInOrder() {
        var bytes = serverConversation();

        var seen = scan(BACKEND, bytes, List.of(bytes.readableBytes()));

        assertThat(seen)
                .extracting(report -> (char) report.type())
                .containsExactly('S', 'K', 'Z', 'E', 'Z', 'H', 'Z');
        assertThat(seen.getLast().kept()).isEqualTo(ByteBufUtil.hexDump(new byte[] {'T'}));
        assertThat(seen.getLast().end()).isEqualTo(bytes.readableBytes());
        assertThat(seen.get(3).kept()).hasSize(40);
        assertThat(seen.get(3).bodyLength()).isGreaterThan(20);
        assertThat(bytes.readerIndex()).isZero();
    }

    @Test
    void aCutAtAnyPositionChangesNothing() {
        var bytes = serverConversation();
        int size = bytes.readableBytes();
        var whole = scan(BACKEND, bytes, List.of(size));
        for (int cut = 1; cut < size; cut++) {
            assertThat(scan(BACKEND, bytes, List.of(cut, size)))
                    .as("cut at %d", cut)
                    .isEqualTo(whole);
        }
        var everyByte = new ArrayList<Integer>();
        for (int cut = 1; cut <= size; cut++) {
            everyByte.add(cut);
        }
        assertThat(scan(BACKEND, bytes, everyByte)).isEqualTo(whole);
    }

    @Test
    void cutsAtRandomPositionsChangeNothing() {
        long seed = Mutator.seed(FrameScannerTest.class);
        var random = new Random(seed);
        var everything = FrameSelection.ofFrontend().with(FrontendType.PARSE, 40).withAllHeaders();
        for (int run = 0; run < 300; run++) {
            var bytes = clientConversation(random);
            int size = bytes.readableBytes();
            var cuts = new TreeSet<Integer>();
            for (int i = random.nextInt(12); i > 0; i--) {
                cuts.add(1 + random.nextInt(size));
            }
            cuts.add(size);
            assertThat(scan(everything, bytes, List.copyOf(cuts)))
                    .as("seed %d, run %d, cuts %s", seed, run, cuts)
                    .isEqualTo(scan(everything, bytes, List.of(size)));
        }
    }

    @Test
    void readersOfTheSameMessagesShareOneSelection() {
        var every = FrameSelection.ofBackend().withAllHeaders();
        assertThat(every.withAllHeaders()).isSameAs(every);
        assertThat(FrameSelection.ofBackend().withAllHeaders()).isNotSameAs(every);
    }

    @Test
    void aLongMessageIsReportedAtItsHeaderAndSteppedOver() {
        // given a DataRow of which three parts arrive
        var scanner = new FrameScanner(FrameSelection.ofBackend().withAllHeaders());
        scanner.begin(Unpooled.buffer().writeByte('D').writeInt(1_004).writeZero(400));

        // then it is reported once, with what is still to come
        assertThat(scanner.next()).isEqualTo('D');
        assertThat(scanner.complete()).isFalse();
        assertThat(scanner.frameEnd()).isEqualTo(1_005);
        assertThat(scanner.bodyLength()).isEqualTo(1_000);
        assertThat(scanner.next()).isEqualTo(FrameScanner.NONE);
        assertThat(scanner.remaining()).isEqualTo(600);
        scanner.begin(Unpooled.buffer().writeZero(500));
        assertThat(scanner.next()).isEqualTo(FrameScanner.NONE);
        assertThat(scanner.midFrame()).isTrue();
        var last = Unpooled.buffer().writeZero(100);
        Replies.readyForQuery(last, TransactionStatus.IDLE);
        scanner.begin(last);
        assertThat(scanner.next()).isEqualTo('Z');
        assertThat(scanner.frameStart()).isEqualTo(100);
        assertThat(scanner.next()).isEqualTo(FrameScanner.NONE);
        assertThat(scanner.midFrame()).isFalse();
    }

    @Test
    void bytesOfAnUnknownMessageCanBeHeldBack() {
        // given a Sync and the first three bytes of a Query
        var scanner = new FrameScanner(FrameSelection.ofFrontend().withAllHeaders());
        var in = Unpooled.buffer().writeZero(7).skipBytes(7);
        Requests.sync(in);
        in.writeByte('Q').writeShort(0);
        scanner.begin(in);

        assertThat(scanner.next()).isEqualTo('S');
        assertThat(scanner.frameStart()).isEqualTo(7);
        assertThat(scanner.frameEnd()).isEqualTo(12);
        assertThat(scanner.next()).isEqualTo(FrameScanner.NONE);
        assertThat(scanner.pendingStart()).isEqualTo(12);
        assertThat(scanner.remaining()).isEqualTo(2);

        // when the rest of it comes
        scanner.begin(Unpooled.buffer().writeShort(6).writeByte('x').writeByte(0));
        assertThat(scanner.next()).isEqualTo('Q');
        assertThat(scanner.frameStart()).isEqualTo(-3);
        assertThat(scanner.complete()).isTrue();
        assertThat(scanner.next()).isEqualTo(FrameScanner.NONE);
        assertThat(scanner.pendingStart()).isEqualTo(4);
    }

    @Test
    void lengthsThatCannotBeAreRefused() {
        for (var type : "123ACDEGHIKNRSTVWZcdnstv".toCharArray()) {
            for (int length : new int[] {0, 1, 3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                refused(FrameSelection.ofBackend(), type, length);
            }
        }
        for (var type : "BCDEFHPQSXcdfp".toCharArray()) {
            for (int length : new int[] {0, 3, -5, Integer.MAX_VALUE}) {
                refused(FrameSelection.ofFrontend(), type, length);
            }
        }
        refused(FrameSelection.ofBackend(), 'Z', 6);
        refused(FrameSelection.ofBackend(), 'K', 8 + 257);
        refused(FrameSelection.ofFrontend(), 'S', 5);
        refused(FrameSelection.ofFrontend(), 'p', 70_000);
    }

    @Test
    void unknownTypesAreRefused() {
        refused(FrameSelection.ofBackend(), 'Q', 10);
        refused(FrameSelection.ofFrontend(), 'Z', 5);
        refused(FrameSelection.ofFrontend(), (char) 0, 5);
        refused(FrameSelection.ofFrontend(), (char) 0xf0, 5);
        refused(FrameSelection.ofFrontend(), (char) 0, 0);
        refused(FrameSelection.ofFrontend(), 'z', 0);
        refused(FrameSelection.ofBackend(), 'O', 0);
    }

    @Test
    void aSplitHeaderIsJudgedToo() {
        var scanner = new FrameScanner(FrameSelection.ofFrontend());
        scanner.begin(Unpooled.buffer().writeByte('Q').writeShort(-1));
        assertThat(scanner.next()).isEqualTo(FrameScanner.NONE);
        scanner.begin(Unpooled.buffer().writeShort(-1));
        assertThatThrownBy(scanner::next).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aViolationHasNoStackTraceAndSaysWhatToSend() {
        var violation = new ProtocolViolation("bad");
        assertThat(violation.getStackTrace()).isEmpty();
        assertThat(violation.report())
                .isEqualTo(ErrorReport.fatal(SqlState.PROTOCOL_VIOLATION, "bad"));
    }

    private static void refused(FrameSelection selection, char type, int length) {
        var scanner = new FrameScanner(selection);
        scanner.begin(Unpooled.buffer().writeByte(type).writeInt(length).writeZero(20));
        assertThatThrownBy(scanner::next)
                .as("type %d, length %d", (int) type, length)
                .isInstanceOfSatisfying(
                        ProtocolViolation.class,
                        violation ->
                                assertThat(violation.sqlState())
                                        .isEqualTo(SqlState.PROTOCOL_VIOLATION));
    }

    private static ByteBuf serverConversation() {
        var out = Unpooled.buffer();
        LoginReplies.authenticationOk(out);
        LoginReplies.parameterStatus(out, "server_version", "18.6");
        LoginReplies.backendKeyData(out, CancelKey.random(77, 32));
        Replies.readyForQuery(out, TransactionStatus.IDLE);
        write(out, BackendType.ROW_DESCRIPTION, "ZZZZZ");
        write(out, BackendType.DATA_ROW, "Z\u0000\u0000\u0000\u0005I");
        Replies.commandComplete(out, "SELECT 1");
        Replies.report(out, ErrorReport.error(SqlState.SYNTAX_ERROR, "a long message of words"));
        Replies.readyForQuery(out, TransactionStatus.FAILED);
        out.writeByte('H').writeInt(7).writeByte(0).writeShort(0);
        out.writeByte('d').writeInt(9).writeBytes(new byte[] {'Z', 0, 0, 0, 5});
        out.writeByte('c').writeInt(4);
        Replies.readyForQuery(out, TransactionStatus.OPEN);
        return out;
    }

    private static ByteBuf clientConversation(Random random) {
        var out = Unpooled.buffer();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            var text = "x".repeat(random.nextInt(90));
            switch (random.nextInt(6)) {
                case 0 -> Requests.query(out, text);
                case 1 -> Requests.parse(out, text, text);
                case 2 -> write(out, FrontendType.BIND, text);
                case 3 -> Requests.sync(out);
                case 4 -> Requests.copyFail(out, text);
                default -> write(out, FrontendType.EXECUTE, text);
            }
        }
        return out;
    }

    /// A message whose body the scanner has no business with; the zeros make it long enough for any
    /// type.
    private static void write(ByteBuf out, byte type, String body) {
        out.writeByte(type).writeInt(4 + body.length() + 8);
        ByteBufUtil.writeUtf8(out, body);
        out.writeZero(8);
    }

    private static List<Seen> scan(FrameSelection selection, ByteBuf stream, List<Integer> cuts) {
        var scanner = new FrameScanner(selection);
        var seen = new ArrayList<Seen>();
        int from = 0;
        for (int to : cuts) {
            // Each part lies somewhere else in its own buffer.
            int shift = seen.size() % 3;
            var part = Unpooled.buffer().writeZero(shift).skipBytes(shift);
            part.writeBytes(stream, from, to - from);
            scanner.begin(part);
            for (int type = scanner.next(); type != FrameScanner.NONE; type = scanner.next()) {
                int origin = from - shift;
                seen.add(
                        new Seen(
                                type,
                                scanner.frameStart() + origin,
                                scanner.frameEnd() + origin,
                                scanner.bodyLength(),
                                ByteBufUtil.hexDump(scanner.body())));
            }
            from = to;
        }
        return seen;
    }
}
