package dev.pointsman.core.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.wire.BackendType;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrameSelection;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.message.AuthenticationRequest;
import dev.pointsman.core.wire.message.CancelKey;
import dev.pointsman.core.wire.message.NegotiateProtocolVersion;
import dev.pointsman.core.wire.message.ParameterStatus;
import dev.pointsman.core.wire.message.RequestPeek;
import dev.pointsman.core.wire.message.ServerMessage;
import dev.pointsman.core.wire.message.StartupPacket;
import dev.pointsman.core.wire.sql.Keyword;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.HexFormat;
import java.util.Random;

/// Whatever bytes come, a parser ends, and either understands them or throws a protocol violation.
@Timeout(60)
class ParserFuzzTest {
    private static final int RUNS = 20_000;
    private static final int PIECE_MAX = 40;
    private static final FrameSelection FRONTEND =
            FrameSelection.ofFrontend()
                    .with(FrontendType.QUERY, 64)
                    .with(FrontendType.PARSE, 64)
                    .with(FrontendType.BIND, 64)
                    .with(FrontendType.DESCRIBE, 64)
                    .with(FrontendType.CLOSE, 64)
                    .with(FrontendType.PASSWORD, 512)
                    .withAllHeaders();
    private static final FrameSelection BACKEND =
            FrameSelection.ofBackend()
                    .with(BackendType.READY_FOR_QUERY, 1)
                    .with(BackendType.PARAMETER_STATUS, 1_000)
                    .with(BackendType.ERROR_RESPONSE, 1_000)
                    .with(BackendType.BACKEND_KEY_DATA, 260)
                    .with(BackendType.AUTHENTICATION, 1_000)
                    .withAllHeaders();

    private interface Parser {
        void parse(byte[] bytes, Random pieces);
    }

    private static void fuzz(String kind, Parser parser) {
        long seed = Mutator.seed(ParserFuzzTest.class);
        var mutator = new Mutator(Corpus.of(kind), seed);
        int violations = 0;
        for (int run = 0; run < RUNS; run++) {
            var bytes = mutator.run(run);
            try {
                parser.parse(bytes, new Random(seed + run));
            } catch (ProtocolViolation _) {
                violations++;
            } catch (RuntimeException e) {
                throw new AssertionError(
                        "%s, seed %d, run %d: %s"
                                .formatted(kind, seed, run, HexFormat.of().formatHex(bytes)),
                        e);
            }
        }
        assertThat(violations).as("streams of " + RUNS + " that were refused").isBetween(100, RUNS);
    }

    @Test
    void everyStartUpPacketIsUnderstoodOrRefused() {
        fuzz(
                "startup",
                (bytes, _) -> {
                    var in = Unpooled.wrappedBuffer(bytes);
                    for (var packet = StartupPacket.read(in, 10_000);
                            packet.isPresent();
                            packet = StartupPacket.read(in, 10_000)) {
                        if (packet.get() instanceof StartupPacket.Startup startup) {
                            assertThat(startup.user()).isNotEmpty();
                        }
                    }
                });
    }

    @Test
    void everyStreamOfAClientIsUnderstoodOrRefused() {
        fuzz("frontend", (bytes, pieces) -> scan(FRONTEND, bytes, pieces, ParserFuzzTest::client));
    }

    @Test
    void everyStreamOfAServerIsUnderstoodOrRefused() {
        fuzz("backend", (bytes, pieces) -> scan(BACKEND, bytes, pieces, ParserFuzzTest::server));
    }

    private interface Seen {
        void frame(int type, FrameScanner scanner);
    }

    /// Gives the stream to a scanner in pieces.
    private static void scan(FrameSelection selection, byte[] bytes, Random pieces, Seen seen) {
        var scanner = new FrameScanner(selection);
        for (int from = 0; from < bytes.length; ) {
            int size = Math.min(bytes.length - from, 1 + pieces.nextInt(PIECE_MAX));
            scanner.begin(Unpooled.wrappedBuffer(bytes, from, size));
            for (int type = scanner.next(); type != FrameScanner.NONE; type = scanner.next()) {
                seen.frame(type, scanner);
            }
            from += size;
        }
    }

    private static void client(int type, FrameScanner scanner) {
        var body = scanner.body();
        int from = body.readerIndex();
        int to = body.writerIndex();
        switch (type) {
            case FrontendType.QUERY -> Keyword.first(body, from, to);
            case FrontendType.PARSE -> {
                RequestPeek.parseStatement(body, from, to);
                Keyword.first(body, RequestPeek.parseSqlStart(body, from, to), to);
            }
            case FrontendType.BIND -> RequestPeek.bindStatement(body, from, to);
            case FrontendType.DESCRIBE, FrontendType.CLOSE -> {
                if (RequestPeek.ofStatement(body, from, to)) {
                    RequestPeek.targetName(body, from, to);
                }
            }
            case FrontendType.PASSWORD -> {
                refusable(() -> RequestPeek.password(body.duplicate()));
                refusable(() -> RequestPeek.saslInitial(body.duplicate()));
                RequestPeek.saslResponse(body.duplicate());
            }
            default -> {}
        }
    }

    private static void server(int type, FrameScanner scanner) {
        ByteBuf body = scanner.body();
        switch (type) {
            case BackendType.ERROR_RESPONSE, BackendType.NOTICE_RESPONSE ->
                    ServerMessage.decode(body);
            case BackendType.AUTHENTICATION -> AuthenticationRequest.decode(body);
            case BackendType.PARAMETER_STATUS -> ParameterStatus.decode(body);
            case BackendType.BACKEND_KEY_DATA -> CancelKey.decode(body);
            case 'v' -> NegotiateProtocolVersion.decode(body);
            default -> {}
        }
    }

    /// One of several ways to read the same bytes.
    private static void refusable(Runnable read) {
        try {
            read.run();
        } catch (ProtocolViolation _) {
            // That was not it.
        }
    }
}
