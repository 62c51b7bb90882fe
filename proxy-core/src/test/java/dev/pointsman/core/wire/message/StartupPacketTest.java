package dev.pointsman.core.wire.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.ProtocolViolation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

class StartupPacketTest {
    @Test
    void encryptionIsAskedForWithACodeInPlaceOfAVersion() {
        assertThat(read("00000008 04d2162f")).isEqualTo(new StartupPacket.Ssl());
        assertThat(read("00000008 04d21630")).isEqualTo(new StartupPacket.Gss());
        refused("00000009 04d2162f 00", "08P01");
    }

    @Test
    void aCancelRequestCarriesAKeyOfAnyLength() {
        assertThat(read("00000010 04d2162e 0000004d 01020304"))
                .isEqualTo(new StartupPacket.Cancel(new CancelKey(77, new byte[] {1, 2, 3, 4})));
        var out = Unpooled.buffer();
        var key = CancelKey.random(77, 256);
        Requests.cancelRequest(out, key);
        assertThat(StartupPacket.read(out, Protocol.STARTUP_BYTES_MAX))
                .contains(new StartupPacket.Cancel(key));
        refused("0000000c 04d2162e 0000004d", "08P01");
        refused("0000000a 04d2162e 0000", "08P01");
    }

    @Test
    void parametersKeepTheirOrder() {
        var sent = new LinkedHashMap<String, String>();
        sent.put("user", "app");
        sent.put("application_name", "x");
        sent.put("_pq_.x", "1");
        var out = Unpooled.buffer();
        Requests.startup(out, Protocol.VERSION_3_2, sent);

        var startup = (StartupPacket.Startup) StartupPacket.read(out, 10_000).orElseThrow();

        assertThat(startup.minor()).isEqualTo(2);
        assertThat(startup.parameters()).containsExactlyEntriesOf(sent);
        assertThat(startup.user()).isEqualTo("app");
        assertThat(startup.database()).isEqualTo("app");
        assertThat(startup.protocolOptions()).containsExactly("_pq_.x");
    }

    @Test
    void nothingIsTakenBeforeTheLastByteHasCome() {
        var whole = Unpooled.buffer();
        Requests.startup(whole, Protocol.VERSION_3_0, Map.of("user", "app", "database", "shop"));
        for (int cut = 0; cut < whole.readableBytes(); cut++) {
            var part = whole.copy(0, cut);
            assertThat(StartupPacket.read(part, 10_000)).isEmpty();
            assertThat(part.readerIndex()).isZero();
        }
        whole.writeByte('x');
        assertThat(StartupPacket.read(whole, 10_000)).isPresent();
        assertThat(whole.readableBytes()).isEqualTo(1);
    }

    @Test
    void lengthsOutOfBoundsAreRefusedAtOnce() {
        refused("00000007", "08P01");
        refused("ffffffff", "08P01");
        refused("00002711", "08P01");
        refused(ByteBufUtil.hexDump("GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII)), "08P01");
        assertThat(StartupPacket.read(bytes("00002710"), 10_000)).isEmpty();
    }

    @Test
    void otherProtocolsAreNotSupported() {
        refused("00000009 00020000 00", "0A000");
        refused("00000009 00040000 00", "0A000");
        refused("00000008 04d21631", "0A000");
    }

    @Test
    void malformedParametersAreRefused() {
        // no user; no terminator; no value; bytes behind the terminator
        refused("00000009 00030000 00", "28000");
        refused("0000000f 00030000 7573657200 6100", "08P01");
        refused("0000000d 00030000 7573657200", "08P01");
        refused("00000011 00030000 7573657200 6100 00 00", "08P01");
    }

    private static StartupPacket read(String hex) {
        return StartupPacket.read(bytes(hex), Protocol.STARTUP_BYTES_MAX).orElseThrow();
    }

    private static void refused(String hex, String sqlState) {
        assertThatThrownBy(() -> StartupPacket.read(bytes(hex), Protocol.STARTUP_BYTES_MAX))
                .as(hex)
                .isInstanceOfSatisfying(
                        ProtocolViolation.class,
                        refused -> assertThat(refused.sqlState().code()).isEqualTo(sqlState));
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
    }
}
