package dev.pointsman.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Papers;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import io.netty.pkitesting.CertificateBuilder.Algorithm;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Clients that encrypt, those that should, and those that only begin to.
class EncryptedTest {
    private static final String POOL = "{mode: transaction, size: 2}";
    private static final int SSL = 80_877_103;
    private static final int GSS = 80_877_104;
    private static final int VERSION_3_0 = 3 << 16;

    @TempDir Path folder;
    private Papers papers;

    @BeforeEach
    void makePapers() throws Exception {
        papers = new Papers(folder);
        papers.server("server", Algorithm.ecp256);
    }

    private static ScriptedServer server() {
        return ScriptedServer.listening(PathRig::answer);
    }

    private PathRig rig(ScriptedServer server, String mode, String tls, String... more) {
        var lines = String.join("\n", more);
        return new PathRig(server.port(), POOL, papers.listen(mode, "server", tls), lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"allow", "prefer", "require"})
    void aClientThatAsksIsEncrypted(String mode) throws Exception {
        try (var server = server();
                var rig = rig(server, mode, "");
                var client = rig.connect().askAndEncrypt(papers.trusting())) {
            client.logIn(PathRig.USER, PathRig.DATABASE);

            assertThat(client.run("select 1")).hasSize(4);
            assertThat(rig.path().sessions().snapshot())
                    .singleElement()
                    .satisfies(row -> assertThat(row.tls()).startsWith("TLSv1.3/TLS_AES_"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tlsv1.2", "tlsv1.3"})
    void theProtocolCanBeChosen(String protocol) throws Exception {
        try (var server = server();
                var rig = rig(server, "require", "protocols: " + protocol);
                var client = rig.connect().askAndEncrypt(papers.trusting())) {
            client.logIn(PathRig.USER, PathRig.DATABASE);

            assertThat(rig.path().sessions().snapshot())
                    .singleElement()
                    .satisfies(row -> assertThat(row.tls()).startsWithIgnoringCase(protocol));
        }
    }

    @Test
    void theCipherCanBeChosen() throws Exception {
        try (var server = server();
                var rig =
                        rig(
                                server,
                                "require",
                                "protocols: tlsv1.2, ciphers: ECDHE-ECDSA-CHACHA20-POLY1305");
                var client = rig.connect().askAndEncrypt(papers.trusting())) {
            client.logIn(PathRig.USER, PathRig.DATABASE);

            assertThat(rig.path().sessions().snapshot())
                    .singleElement()
                    .satisfies(row -> assertThat(row.tls()).contains("CHACHA20_POLY1305"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"allow", "prefer"})
    void aClientThatDoesNotAskIsLetInWhereItMay(String mode) {
        try (var server = server();
                var rig = rig(server, mode, "");
                var client = rig.logIn()) {
            assertThat(client.run("select 1")).hasSize(4);
            assertThat(rig.path().sessions().snapshot())
                    .singleElement()
                    .satisfies(row -> assertThat(row.tls()).isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"require", "verify-ca", "verify-full"})
    void aClientThatShouldHaveAskedIsTold(String mode) {
        try (var server = server();
                var rig = rig(server, mode, "ca: " + papers.ca());
                var client = rig.connect()) {
            client.startUp(PathRig.USER, PathRig.DATABASE);

            var error = client.expectError("28000");
            assertThat(error.fields().toString()).contains("sslmode=require");
            client.expectClosed();
        }
    }

    @Test
    void aCancelRequestInPlainCanBeRefusedWhereEncryptionIsWanted() throws Exception {
        try (var server = server();
                var rig = rig(server, "require", "plain_cancel: off");
                var client = rig.connect().askAndEncrypt(papers.trusting());
                var cancel = rig.connect()) {
            client.logIn(PathRig.USER, PathRig.DATABASE);

            cancel.cancel(1, new byte[4]);

            cancel.expectClosed();
            assertThat(client.run("select 1")).hasSize(4);
        }
    }

    @Test
    void whatComesBehindTheRequestIsNeverTakenForWhatIsEncrypted() {
        try (var server = server();
                var rig = rig(server, "prefer", "");
                var client = rig.connect()) {
            client.send(
                    Bytes.empty()
                            .raw(Bytes.empty().int32(SSL).asPacket())
                            .raw(Bytes.empty().int32(VERSION_3_0).string("user").int8(0).asPacket())
                            .toArray());

            client.expectError("08P01");
            client.expectClosed();
        }
    }

    @Test
    void plainBytesAfterTheAnswerEndTheConnection() {
        try (var server = server();
                var rig = rig(server, "prefer", "");
                var client = rig.connect()) {
            assertThat(client.askForTls()).isEqualTo('S');

            client.startUp(PathRig.USER, PathRig.DATABASE);

            endsWithoutAnAnswerInClear(client);
        }
    }

    /// An alert, in a record of its own, may come.
    private static void endsWithoutAnAnswerInClear(ScriptedClient client) {
        assertThatThrownBy(() -> client.expect('R')).isInstanceOf(AssertionError.class);
    }

    @Test
    void gssIsRefusedAndTlsFollows() throws Exception {
        try (var server = server();
                var rig = rig(server, "require", "");
                var client = rig.connect()) {
            client.send(Bytes.empty().int32(GSS).asPacket());
            client.expectBytes(new byte[] {'N'});

            try (var encrypted = client.askAndEncrypt(papers.trusting())) {
                encrypted.logIn(PathRig.USER, PathRig.DATABASE);
            }
        }
    }

    @Test
    void aSecondRequestUnderTheEncryptionIsAViolation() throws Exception {
        try (var server = server();
                var rig = rig(server, "require", "");
                var client = rig.connect().askAndEncrypt(papers.trusting())) {
            client.send(Bytes.empty().int32(SSL).asPacket());

            client.expectError("08P01");
            client.expectClosed();
        }
    }

    @Test
    void aClientMayBeginWithTlsAtOnce() throws Exception {
        try (var server = server();
                var rig = rig(server, "require", "");
                var client = rig.connect().encrypt(papers.trusting(), "postgresql")) {
            client.logIn(PathRig.USER, PathRig.DATABASE);

            assertThat(client.run("select 1")).hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "h2"})
    void whoBeginsAtOnceMustMeanPostgresql(String application) throws Exception {
        try (var server = server();
                var rig = rig(server, "require", "");
                var other = rig.connect().askAndEncrypt(papers.trusting());
                var plain = rig.connect()) {
            other.logIn(PathRig.USER, PathRig.DATABASE);
            var offered = application.isEmpty() ? new String[0] : new String[] {application};

            assertThatThrownBy(
                            () -> {
                                var client = plain.encrypt(papers.trusting(), offered);
                                client.logIn(PathRig.USER, PathRig.DATABASE);
                            })
                    .isInstanceOfAny(AssertionError.class, IOException.class);
            assertThat(other.run("select 1")).hasSize(4);
        }
    }

    @Test
    void beginningAtOnceWhereThereIsNoEncryptionEndsTheConnection() {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL);
                var client = rig.connect()) {
            client.send(new byte[] {0x16, 3, 1, 0, 100});

            client.expectClosed();
        }
    }

    @Test
    void halfAHelloDisturbsNobodyAndEndsWithTheLoginsTime() throws Exception {
        try (var server = server();
                var rig = rig(server, "prefer", "", "limits: {client_login_timeout: 300ms}");
                var other = rig.logIn();
                var direct = rig.connect();
                var asked = rig.connect()) {
            direct.send(new byte[] {0x16, 3, 1});
            assertThat(asked.askForTls()).isEqualTo('S');
            asked.send(new byte[] {0x16, 3, 1, 2, 0, 1, 0});

            assertThat(other.run("select 1")).hasSize(4);
            direct.expectClosed();
            endsWithoutAnAnswerInClear(asked);
            assertThat(other.run("select 1")).hasSize(4);
        }
    }

    @Test
    void aCertificateIsWantedWhereItIsVerified() throws Exception {
        try (var server = server();
                var rig = rig(server, "verify-full", "ca: " + papers.ca());
                var without = rig.connect();
                var with =
                        rig.connect().askAndEncrypt(papers.showing(papers.client("CN=somebody")))) {
            with.logIn(PathRig.USER, PathRig.DATABASE);

            assertThat(with.run("select 1")).hasSize(4);
            assertThatThrownBy(
                            () ->
                                    without.askAndEncrypt(papers.trusting())
                                            .logIn(PathRig.USER, PathRig.DATABASE))
                    .isInstanceOfAny(AssertionError.class, IOException.class);
        }
    }

    @Test
    void anotherAuthoritysCertificateIsRefusedEvenWhereNoneIsNeeded() throws Exception {
        var elsewhere = new Papers(Files.createDirectory(folder.resolve("elsewhere")));
        var stranger = elsewhere.client("CN=app");
        try (var server = server();
                var rig = rig(server, "require", "ca: " + papers.ca());
                var with = rig.connect();
                var without = rig.connect().askAndEncrypt(papers.trusting())) {
            without.logIn(PathRig.USER, PathRig.DATABASE);

            assertThatThrownBy(
                            () ->
                                    with.askAndEncrypt(papers.showing(stranger))
                                            .logIn(PathRig.USER, PathRig.DATABASE))
                    .isInstanceOfAny(AssertionError.class, IOException.class);
        }
    }

    @Test
    void aReloadGivesNewClientsTheNewCertificateAndDisturbsNobody() throws Exception {
        // given
        try (var server = server();
                var rig = rig(server, "require", "");
                var old = rig.connect().askAndEncrypt(papers.trusting())) {
            old.logIn(PathRig.USER, PathRig.DATABASE);
            var before = papers.trusting();

            // when another authority's takes its place in the same files
            papers = new Papers(folder);
            papers.server("server", Algorithm.rsa2048);
            rig.take(PathRig.read(server.port(), POOL, papers.listen("require", "server", "")));

            // then
            assertThat(old.run("select 1")).hasSize(4);
            try (var next = rig.connect().askAndEncrypt(papers.trusting())) {
                next.logIn(PathRig.USER, PathRig.DATABASE);
            }
            assertThatThrownBy(() -> rig.connect().askAndEncrypt(before))
                    .isInstanceOf(IOException.class);
        }
    }

    /// The second is let in at once, by what the first login taught.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whatComesInOneRecordWithTheLoginIsAnswered(int client) throws Exception {
        try (var server = server();
                var rig = rig(server, "require", "")) {
            for (int i = 1; i < client; i++) {
                rig.connect()
                        .askAndEncrypt(papers.trusting())
                        .logIn(PathRig.USER, PathRig.DATABASE);
            }
            try (var eager = rig.connect().askAndEncrypt(papers.trusting())) {
                eager.send(
                        Bytes.empty()
                                .raw(startUp())
                                .raw(Bytes.empty().int8('Q').int32(13).string("select 1").toArray())
                                .toArray());

                eager.expectUpTo('Z');
                assertThat(eager.expectUpTo('Z')).hasSize(4);
                assertThat(eager.run("select 1")).hasSize(4);
            }
        }
    }

    private static byte[] startUp() {
        return Bytes.empty()
                .int32(VERSION_3_0)
                .string("user")
                .string(PathRig.USER)
                .string("database")
                .string(PathRig.DATABASE)
                .int8(0)
                .asPacket();
    }

    @Test
    void theLastWordsReachAClientThatEncrypts() throws Exception {
        try (var server = server();
                var rig = rig(server, "require", "");
                var client = rig.connect().askAndEncrypt(papers.trusting())) {
            client.startUp(Map.of("user", PathRig.USER, "database", "nothing"));

            client.expect('R');
            client.expectError("3D000");
            client.expectClosed();
        }
    }

    @Test
    void aClientThatLeavesUnderTheEncryptionIsGone() throws Exception {
        try (var server = server();
                var rig = rig(server, "require", "")) {
            var client = rig.connect().askAndEncrypt(papers.trusting());
            client.logIn(PathRig.USER, PathRig.DATABASE);

            client.close();

            await().untilAsserted(() -> assertThat(rig.path().sessions().snapshot()).isEmpty());
        }
    }
}
