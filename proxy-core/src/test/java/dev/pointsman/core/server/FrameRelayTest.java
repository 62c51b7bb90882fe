package dev.pointsman.core.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.fuzz.Mutator;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrameSelection;
import dev.pointsman.core.wire.ProtocolViolation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;

class FrameRelayTest {
    private static final FrameSelection SELECTION =
            FrameSelection.ofFrontend().with((byte) 'Q', 16).with((byte) 'P', 4);

    private final EmbeddedChannel sink = new EmbeddedChannel();
    private final List<ByteBuf> given = new ArrayList<>();

    @AfterEach
    void everyBufferIsReleased() {
        sink.finishAndReleaseAll();
        assertThat(given).allMatch(buffer -> buffer.refCnt() == 0);
    }

    @Test
    void aWholeBufferGoesOutAsItCame() {
        var relay = relay();
        ByteBuf bytes = buffer(message('Q', 20));

        relay.add(bytes);
        decide(relay, type -> true);
        sink.flush();

        ByteBuf out = sink.readOutbound();
        assertThat((Object) out).isSameAs(bytes);
        out.release();
    }

    @Test
    void anyCutsAndDecisionsPassExactlyWhatWasPassed() {
        long seed = Mutator.seed(FrameRelayTest.class);
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var in = new ByteArrayOutputStream();
            var expected = new ByteArrayOutputStream();
            int count = 1 + random.nextInt(12);
            for (int i = 0; i < count; i++) {
                char type = "QPBSdc".charAt(random.nextInt(6));
                byte[] message =
                        message(type, "Sc".indexOf(type) >= 0 ? 0 : 4 + random.nextInt(60));
                in.writeBytes(message);
                if (type != 'd') {
                    expected.writeBytes(message);
                }
            }
            var relay = relay();
            byte[] all = in.toByteArray();
            for (int from = 0; from < all.length; ) {
                int to = Math.min(all.length, from + 1 + random.nextInt(40));
                relay.add(buffer(Arrays.copyOfRange(all, from, to)));
                from = to;
                if (random.nextBoolean()) {
                    // Whoever cannot decide yet asks again.
                    relay.next();
                    relay.cut();
                }
                if (random.nextInt(3) > 0) {
                    decide(relay, type -> type != 'd');
                }
            }
            decide(relay, type -> type != 'd');
            sink.flush();

            assertThat(written())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(expected.toByteArray());
            assertThat(relay.waiting()).isZero();
            assertThat(relay.atBoundary()).isTrue();
            relay.release();
        }
    }

    @Test
    void nothingOfAnImpossibleMessageIsPassedBehindOneThatCameInParts() {
        var relay = relay();
        byte[] message = message('Q', 300);
        byte[] impossible = {'Q', 0, 0, 0, 0, 'S', 0, 0, 0, 4};

        relay.add(buffer(Arrays.copyOf(message, 100)));
        decide(relay, type -> true);
        relay.add(buffer(Arrays.copyOfRange(message, 100, 200)));
        decide(relay, type -> true);
        byte[] rest = Arrays.copyOfRange(message, 200, message.length);
        relay.add(buffer(joined(rest, impossible)));
        assertThatThrownBy(relay::next).isInstanceOf(ProtocolViolation.class);
        relay.cut();
        sink.flush();

        assertThat(written()).isEqualTo(message);
        relay.release();
    }

    @Test
    void aLongMessageIsPassedOnBeforeItsEndHasCome() {
        var relay = relay();
        byte[] message = message('d', 10_000);

        relay.add(buffer(Arrays.copyOf(message, 100)));
        decide(relay, type -> true);
        sink.flush();

        assertThat(written()).hasSize(100);
        assertThat(relay.insideMessage()).isTrue();
        assertThat(relay.waiting()).isZero();
        relay.release();
    }

    @Test
    void whatIsNotKeptOfAMessageIsShownAsItGoesBy() {
        long seed = Mutator.seed(FrameRelayTest.class);
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var in = new ByteArrayOutputStream();
            var expected = new ByteArrayOutputStream();
            for (int i = 1 + random.nextInt(6); i > 0; i--) {
                char type = "QdS".charAt(random.nextInt(3));
                byte[] message = message(type, type == 'S' ? 0 : 4 + random.nextInt(60));
                in.writeBytes(message);
                if (type == 'Q' && message.length > 5 + 16) {
                    expected.write(message, 5 + 16, message.length - 5 - 16);
                }
            }
            var shown = new ByteArrayOutputStream();
            FrameRelay.Tail tail =
                    (bytes, from, to) ->
                            shown.writeBytes(ByteBufUtil.getBytes(bytes, from, to - from));
            var relay = relay();
            byte[] all = in.toByteArray();
            for (int from = 0; from < all.length; ) {
                int to = Math.min(all.length, from + 1 + random.nextInt(40));
                relay.add(buffer(Arrays.copyOfRange(all, from, to)));
                from = to;
                if (random.nextInt(3) > 0 || from == all.length) {
                    for (int type = relay.next(); type != FrameScanner.NONE; type = relay.next()) {
                        if (type == 'Q') {
                            relay.pass(tail);
                        } else {
                            relay.pass();
                        }
                    }
                }
            }
            sink.flush();

            assertThat(shown.toByteArray())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(expected.toByteArray());
            assertThat(written()).isEqualTo(all);
            relay.release();
        }
    }

    @Test
    void anUndecidedMessageStaysWithAllThatFollows() {
        var relay = relay();
        relay.add(buffer(message('S', 0)));
        relay.add(buffer(message('Q', 10)));

        assertThat(relay.next()).isEqualTo('S');
        relay.pass();
        assertThat(relay.next()).isEqualTo('Q');
        relay.cut();
        sink.flush();

        assertThat(written()).hasSize(5);
        assertThat(relay.next()).isEqualTo('Q');
        assertThat(relay.waiting()).isEqualTo(15);
        relay.release();
    }

    private FrameRelay relay() {
        var relay = new FrameRelay(SELECTION, ByteBufAllocator.DEFAULT);
        relay.to(sink);
        return relay;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private ByteBuf buffer(byte[] bytes) {
        ByteBuf buffer = Unpooled.buffer().writeBytes(bytes);
        given.add(buffer);
        return buffer;
    }

    private byte[] written() {
        var all = new ByteArrayOutputStream();
        for (ByteBuf out = sink.readOutbound(); out != null; out = sink.readOutbound()) {
            all.writeBytes(ByteBufUtil.getBytes(out));
            out.release();
        }
        return all.toByteArray();
    }

    private static void decide(FrameRelay relay, IntPredicate passes) {
        for (int type = relay.next(); type != FrameScanner.NONE; type = relay.next()) {
            if (passes.test(type)) {
                relay.pass();
            } else {
                relay.drop();
            }
        }
    }

    private static byte[] message(char type, int body) {
        ByteBuf out = Unpooled.buffer().writeByte(type).writeInt(4 + body);
        for (int i = 0; i < body; i++) {
            out.writeByte(i + 1);
        }
        return ByteBufUtil.getBytes(out);
    }
}
