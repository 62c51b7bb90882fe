package dev.pointsman.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

class HostileInputTest {
    private static final int SSL_REQUEST = 80877103;
    private static final int PATIENCE_MILLIS = 120_000;

    /// One for a run of the tests: a test that is run again meets what it failed on.
    private static final long FRESH = System.nanoTime();

    @TempDir private Path folder;
    private AdminFixture admin;

    @BeforeEach
    void open() throws Exception {
        admin = new AdminFixture(folder);
    }

    @AfterEach
    void close() {
        admin.close();
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), admin.port.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /// Everything the port answers until it closes the connection.
    private String answer(byte[] sent) throws IOException {
        try (var socket = connect()) {
            try {
                socket.getOutputStream().write(sent);
                return new String(
                        socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (SocketException reset) {
                return "";
            }
        }
    }

    private static byte[] startup(int version, String... words) throws IOException {
        var body = new ByteArrayOutputStream();
        var out = new DataOutputStream(body);
        out.writeInt(version);
        for (var word : words) {
            out.write(word.getBytes(StandardCharsets.UTF_8));
            out.write(0);
        }
        out.write(0);
        var packet = new ByteArrayOutputStream();
        new DataOutputStream(packet).writeInt(body.size() + 4);
        body.writeTo(packet);
        return packet.toByteArray();
    }

    private void othersAreUndisturbed() throws Exception {
        try (var connection = admin.operator()) {
            assertThat(connection.isValid(30)).isTrue();
        }
    }

    @Test
    void theProtocolIsToldApartHoweverTheFirstBytesAreCut() throws Exception {
        for (var sent :
                new byte[][] {
                    "GET /healthz HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                    startup(3 << 16, "user", "operator", "database", "pointsman")
                }) {
            try (var socket = connect()) {
                for (byte one : sent) {
                    socket.getOutputStream().write(one);
                    socket.getOutputStream().flush();
                }
                assertThat(socket.getInputStream().read()).isEqualTo(sent[0] == 'G' ? 'H' : 'R');
            }
        }
    }

    @Test
    void encryptionIsRefusedWithOneByteAndTheLoginGoesOn() throws Exception {
        try (var socket = connect()) {
            var out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(8);
            out.writeInt(SSL_REQUEST);
            assertThat(socket.getInputStream().read()).isEqualTo('N');

            out.write(startup(3 << 16, "user", "operator", "database", "pointsman"));

            assertThat(socket.getInputStream().read()).isEqualTo('R');
        }
    }

    @Test
    void whatIsNeitherProtocolIsClosedWithoutAWord() throws Exception {
        assertThat(answer(new byte[] {0x16, 3, 1, 2, 0, 1})).isEmpty();
        assertThat(answer(new byte[] {(byte) 0xff, 1, 2, 3})).isEmpty();
        othersAreUndisturbed();
    }

    @Test
    void absurdStartUpPacketsAreProtocolViolations() throws Exception {
        assertThat(answer(new byte[] {0, 0x7f, 0, 0, 0, 3, 0, 0})).contains("08P01");
        assertThat(answer(new byte[] {0, 0, 0, 4})).contains("08P01");
        assertThat(answer(startup(3 << 16))).contains("28000");
        assertThat(answer(startup(2 << 16, "user", "operator"))).contains("0A000");
        othersAreUndisturbed();
    }

    @Test
    void messagesBeforeTheLoginMustBeShortAndInTurn() throws Exception {
        var hello = startup(3 << 16, "user", "operator", "database", "pointsman");
        var large = new ByteArrayOutputStream();
        large.write(hello);
        large.write(new byte[] {'p', 0x7f, 0, 0, 0});
        var query = new ByteArrayOutputStream();
        query.write(hello);
        query.write(new byte[] {'Q', 0, 0, 0, 5, 0});

        assertThat(answer(large.toByteArray())).contains("08P01");
        assertThat(answer(query.toByteArray())).contains("08P01");
        othersAreUndisturbed();
    }

    @Test
    void oversizedHttpRequestsAreRefused() throws Exception {
        var line = "GET /" + "x".repeat(100_000) + " HTTP/1.1\r\n\r\n";
        var body = "GET /metrics HTTP/1.1\r\ncontent-length: 1000000\r\n\r\n";

        assertThat(answer(line.getBytes(StandardCharsets.US_ASCII))).doesNotContain("200 OK");
        assertThat(answer(body.getBytes(StandardCharsets.US_ASCII))).contains("413");
        othersAreUndisturbed();
    }

    @Test
    void randomBytesHurtNobody() throws Exception {
        long seed = Long.getLong("seed", FRESH);
        var random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            var noise = new byte[1 + random.nextInt(200)];
            random.nextBytes(noise);
            if (random.nextBoolean()) {
                noise[0] = 0;
            }
            try (var socket = connect()) {
                socket.getOutputStream().write(noise);
            }
        }
        try {
            othersAreUndisturbed();
        } catch (Exception | AssertionError failure) {
            throw new AssertionError("seed " + seed, failure);
        }
    }

    @Test
    void aPortInUseIsAnErrorThatNamesIt() {
        var taken = admin.port.port();

        assertThatThrownBy(() -> AdminFixture.onPort(folder.resolve("second"), taken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + taken)
                .hasMessageContaining("give `admin.port` another");
    }
}
