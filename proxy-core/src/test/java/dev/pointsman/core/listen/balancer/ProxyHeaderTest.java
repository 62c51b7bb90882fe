package dev.pointsman.core.listen.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;

/// Headers as another implementation writes them, whole and in parts, and what is none.
class ProxyHeaderTest {
    private static final byte[] SIGNATURE = {
        '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
    };
    private static final byte[] BEHIND = "behind".getBytes(StandardCharsets.US_ASCII);

    private static ByteBuf written(HAProxyMessage message) {
        var channel = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
        channel.writeOutbound(message);
        ByteBuf bytes = channel.readOutbound();
        channel.finishAndReleaseAll();
        return bytes;
    }

    private static ByteBuf header(
            HAProxyProtocolVersion version,
            HAProxyProxiedProtocol protocol,
            String from,
            String to) {
        return written(
                new HAProxyMessage(
                        version, HAProxyCommand.PROXY, protocol, from, to, 56_324, 6432));
    }

    private static void assertRead(ByteBuf header, ProxyHeader expected) throws Exception {
        // in every part that is too short
        for (int length = 0; length < header.readableBytes(); length++) {
            var part = header.slice(header.readerIndex(), length);
            assertThat(ProxyHeader.read(part)).isEmpty();
            assertThat(part.readableBytes()).isEqualTo(length);
        }

        // whole, with something behind it
        var more = Unpooled.wrappedBuffer(header, Unpooled.copiedBuffer(BEHIND));
        assertThat(ProxyHeader.read(more)).isEqualTo(Optional.of(expected));
        assertThat(more.toString(StandardCharsets.US_ASCII)).isEqualTo("behind");
        more.release();
    }

    @ParameterizedTest
    @EnumSource(HAProxyProtocolVersion.class)
    void aClientOfEitherFamilyIsToldByBothVersions(HAProxyProtocolVersion version)
            throws Exception {
        assertRead(
                header(version, HAProxyProxiedProtocol.TCP4, "192.0.2.7", "10.0.0.1"),
                new ProxyHeader.For(
                        new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 56_324)));
        assertRead(
                header(version, HAProxyProxiedProtocol.TCP6, "2001:db8::7", "fd00::1"),
                new ProxyHeader.For(
                        new InetSocketAddress(InetAddress.ofLiteral("2001:db8::7"), 56_324)));
    }

    @Test
    void aBalancerThatChecksOurHealthSpeaksForItself() throws Exception {
        assertRead(
                written(
                        new HAProxyMessage(
                                HAProxyProtocolVersion.V2,
                                HAProxyCommand.LOCAL,
                                HAProxyProxiedProtocol.UNKNOWN,
                                null,
                                null,
                                0,
                                0)),
                new ProxyHeader.Itself());
        assertRead(ascii("PROXY UNKNOWN\r\n"), new ProxyHeader.Itself());
        assertRead(ascii("PROXY UNKNOWN ffff::1 ::1 1 2\r\n"), new ProxyHeader.Itself());
    }

    @Test
    void whatVersionTwoTellsBesidesIsSkipped() throws Exception {
        var header =
                Unpooled.buffer()
                        .writeBytes(SIGNATURE)
                        .writeByte(0x21)
                        .writeByte(0x11)
                        .writeShort(12 + 7)
                        .writeBytes(new byte[] {10, 1, 2, 3, 10, 0, 0, 1})
                        .writeShort(4000)
                        .writeShort(6432)
                        .writeBytes(new byte[] {4, 0, 4, 1, 2, 3, 4});

        assertRead(
                header,
                new ProxyHeader.For(
                        new InetSocketAddress(InetAddress.ofLiteral("10.1.2.3"), 4000)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0\0\0\u0008",
                "GET / HTTP/1.1\r\n",
                "PROXY\r\n",
                "PROXy TCP4 1.1.1.1 2.2.2.2 1 2\r\n",
                "PROXY \r\n",
                "PROXY TCP4\r\n",
                "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n",
                "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n",
                "PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n",
                "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n",
                "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n",
                "PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n",
                "PROXY TCP4 ::1 ::1 1 2\r\n",
                "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n",
                "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
                "PROXY TCP4 localhost 2.2.2.2 1 2\r\n",
                "PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n",
                "\r\n\r\nx",
                "\rPROXY"
            })
    void whatIsNoHeaderIsKnownForIt(String text) {
        assertMalformed(ascii(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0x11, 0x11, 12",
        "0x22, 0x11, 12",
        "0x21, 0x12, 12",
        "0x21, 0x32, 216",
        "0x21, 0x11, 11",
        "0x21, 0x21, 35",
        "0x21, 0x11, 4097"
    })
    void whatIsNoBlockOfVersionTwoIsKnownForIt(String command, String family, int length) {
        assertMalformed(
                Unpooled.buffer()
                        .writeBytes(SIGNATURE)
                        .writeByte(Integer.decode(command))
                        .writeByte(Integer.decode(family))
                        .writeShort(length)
                        .writeZero(length));
    }

    @Test
    void aLineWithoutEndIsNotWaitedFor() throws Exception {
        var line = ascii("PROXY UNKNOWN " + "x".repeat(92));
        assertThat(ProxyHeader.read(line)).isEmpty();
        line.writeByte('x');
        assertMalformed(line);
    }

    @Test
    void anythingAtAllIsReadOrRefusedAndNeverMoreThanTheBounds() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            var bytes = Unpooled.buffer();
            if (random.nextBoolean()) {
                bytes.writeBytes(SIGNATURE).writeByte(0x20 + random.nextInt(3));
            } else {
                bytes.writeCharSequence("PROXY TCP4 1.1.1.1 ", StandardCharsets.US_ASCII);
            }
            var more = new byte[random.nextInt(5000)];
            random.nextBytes(more);
            bytes.writeBytes(more);
            int before = bytes.readableBytes();
            try {
                var read = ProxyHeader.read(bytes);
                assertThat(before - bytes.readableBytes()).isLessThanOrEqualTo(16 + 4096);
                assertThat(read.isPresent() || before < 16 + 4096).isTrue();
            } catch (ProxyHeader.Malformed expected) {
                assertThat(expected).hasMessageNotContaining("\n");
            }
            bytes.release();
        }
    }

    private static void assertMalformed(ByteBuf bytes) {
        assertThatThrownBy(() -> ProxyHeader.read(bytes)).isInstanceOf(ProxyHeader.Malformed.class);
        bytes.release();
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
