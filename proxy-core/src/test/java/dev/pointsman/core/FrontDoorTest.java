package dev.pointsman.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// What a client may send before it is logged in, and what becomes of it when it sends something
/// else.
class FrontDoorTest {
    private static final String POOL = "{mode: transaction, size: 2}";
    private static final int VERSION_3_0 = 3 << 16;
    private static final int SSL = 80_877_103;
    private static final int GSS = 80_877_104;

    private static ScriptedServer server() {
        return ScriptedServer.listening(PathRig::answer);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 7, -1, Integer.MIN_VALUE, 10_001, Integer.MAX_VALUE})
    void aStartUpPacketOfAnAbsurdLengthIsRefusedAndNobodyElseIsDisturbed(int length) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL);
                var other = rig.logIn();
                var client = rig.connect()) {
            client.send(Bytes.empty().int32(length).int32(VERSION_3_0).toArray());

            client.expectError("08P01");
            client.expectClosed();
            assertThat(other.run("select 1")).hasSize(4);
        }
    }

    @Test
    void everybodyGoesToTheServerAsTheUserOfTheDatabase() {
        var users = new CopyOnWriteArrayList<String>();
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    users.add(conversation.letIn().get("user"));
                                    conversation.expectQuery("select 1");
                                    conversation.sendRows("1");
                                });
                var rig = new PathRig(server.port(), POOL + "\n    user: owner");
                var client = rig.logIn()) {
            assertThat(client.run("select 1")).hasSize(4);

            assertThat(users).containsExactly("owner");
            assertThat(rig.path().sessions().snapshot().getFirst().user()).isEqualTo("app");
        }
    }

    @Test
    void oneClientTooManyOfADatabaseIsToldWhichLimitItIs() {
        try (var server = server();
                var rig =
                        new PathRig(server.port(), POOL, "limits: {max_db_client_connections: 1}");
                var _ = rig.logIn();
                var client = rig.connect()) {
            client.startUp(PathRig.USER, PathRig.DATABASE);

            client.expect('R');
            assertThat(client.expectError("53300").fields().get('M'))
                    .contains("max_db_client_connections is 1");
            client.expectClosed();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2 << 16, 4 << 16, 0x0badcafe})
    void anUnknownVersionIsRefused(int version) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL);
                var client = rig.connect()) {
            client.send(startUp(version));

            client.expectError("0A000");
            client.expectClosed();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "1, 4", "2, 32"})
    void aMinorVersionThatIsSpokenNeedsNoNegotiation(int minor, int secretBytes) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL);
                var client = rig.connect()) {
            client.send(startUp(VERSION_3_0 | minor));

            var answer = client.expectUpTo('Z');
            assertThat(answer).noneMatch(message -> message.type() == 'v');
            assertThat(secretBytes(answer)).isEqualTo(secretBytes);
            assertThat(client.run("select 1")).hasSize(4);
        }
    }

    /// 3.9999 is what libpq asks for to find out who cannot negotiate.
    @ParameterizedTest
    @ValueSource(ints = {3, 9_999, 0xffff})
    void aNewerMinorVersionIsNegotiatedDownToTheNewestSpoken(int minor) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL);
                var client = rig.connect()) {
            client.send(startUp(VERSION_3_0 | minor));

            var negotiated = client.expect('v');
            assertThat(negotiated.int32(0)).isEqualTo(VERSION_3_0 | 2);
            assertThat(negotiated.int32(4)).isZero();
            assertThat(negotiated.body()).hasSize(8);
            assertThat(secretBytes(client.expectUpTo('Z'))).isEqualTo(32);
            assertThat(client.run("select 1")).hasSize(4);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 4", "1, 1, 4", "2, 2, 32", "9999, 2, 32"})
    void unknownOptionsAreListedAndTheVersionIsNeverRaised(int minor, int spoken, int secret) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL);
                var client = rig.connect()) {
            client.send(
                    startUp(
                            VERSION_3_0 | minor,
                            "_pq_.test_protocol_negotiation",
                            "",
                            "application_name",
                            "_pq_.not_an_option",
                            "_pq_.",
                            "1"));

            var negotiated = client.expect('v');
            assertThat(negotiated.int32(0)).isEqualTo(VERSION_3_0 | spoken);
            assertThat(negotiated.int32(4)).isEqualTo(2);
            assertThat(negotiated.strings(8))
                    .containsExactly("_pq_.test_protocol_negotiation", "_pq_.");
            assertThat(secretBytes(client.expectUpTo('Z'))).isEqualTo(secret);
            assertThat(client.run("select 1")).hasSize(4);
        }
    }

    private static int secretBytes(List<Message> login) {
        var keys = login.stream().filter(message -> message.type() == 'K').toList();
        assertThat(keys).hasSize(1);
        return keys.getFirst().body().length - Integer.BYTES;
    }

    @ParameterizedTest
    @ValueSource(ints = {SSL, GSS})
    void whatComesBehindARequestForEncryptionIsNeverTakenForALogin(int request) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL);
                var client = rig.connect()) {
            client.send(
                    Bytes.empty()
                            .raw(Bytes.empty().int32(request).asPacket())
                            .raw(startUp(VERSION_3_0))
                            .toArray());

            client.expectError("08P01");
            client.expectClosed();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SSL, GSS})
    void aRefusedRequestForEncryptionIsFollowedByALogin(int request) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL);
                var client = rig.connect()) {
            client.send(Bytes.empty().int32(request).asPacket());
            client.expectBytes(new byte[] {'N'});

            client.logIn(PathRig.USER, PathRig.DATABASE);
            assertThat(client.run("select 1")).hasSize(4);
        }
    }

    @Test
    void aLoginThatDripsIsEndedAndAnotherIsNot() {
        try (var server = server();
                var rig =
                        new PathRig(server.port(), POOL, "limits: {client_login_timeout: 300ms}");
                var slow = rig.connect()) {
            slow.send(Bytes.empty().int32(100).int32(VERSION_3_0).toArray());
            var other = rig.logIn();

            slow.expectError("08P01");
            slow.expectClosed();
            assertThat(other.run("select 1")).hasSize(4);
            other.close();
        }
    }

    @Test
    void aClientMayGoInAnyPhaseOfItsLogin() {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, "auth: {type: scram-sha-256}")) {
            List<byte[]> sent =
                    List.of(
                            new byte[0],
                            new byte[] {0, 0},
                            Bytes.empty().int32(SSL).asPacket(),
                            startUp(VERSION_3_0));
            for (byte[] bytes : sent) {
                var client = rig.connect();
                client.send(bytes);
                client.reset();
            }
            var asked = rig.connect();
            asked.send(startUp(VERSION_3_0));
            asked.expect('R');
            asked.reset();

            await().until(() -> rig.path().door().clients() == 0);
            assertThat(rig.path().sessions().count()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"md5", "scram-sha-256"})
    void aWrongUserIsToldTheSameAsAWrongPassword(String type) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, "auth: {type: " + type + "}")) {
            assertThat(refusal(rig, "app", type)).isEqualTo(refusal(rig, "ppa", type));
        }
    }

    private static Map<Character, String> refusal(PathRig rig, String user, String type) {
        try (var client = rig.connect()) {
            client.startUp(user, PathRig.DATABASE);
            client.expect('R');
            if (type.equals("md5")) {
                client.password("md5" + "0".repeat(32));
            } else {
                scram(client);
            }
            var fields = client.expectError("28P01").fields();
            client.expectClosed();
            fields.replaceAll((_, text) -> text.replace(user, "the user"));
            return fields;
        }
    }

    private static void scram(ScriptedClient client) {
        var first = "n,,n=,r=abcdefghijklmnopqrstuvwx".getBytes(StandardCharsets.US_ASCII);
        client.send('p', Bytes.empty().string("SCRAM-SHA-256").int32(first.length).raw(first));
        var challenge = client.expect('R');
        var text =
                new String(
                        challenge.body(),
                        4,
                        challenge.body().length - 4,
                        StandardCharsets.US_ASCII);
        var nonce = text.substring(0, text.indexOf(','));
        var last = "c=biws," + nonce + ",p=" + "A".repeat(43) + "=";
        client.send('p', Bytes.empty().raw(last.getBytes(StandardCharsets.US_ASCII)));
    }

    private static byte[] startUp(int version, String... more) {
        var body = Bytes.empty().int32(version);
        body.string("user").string(PathRig.USER).string("database").string(PathRig.DATABASE);
        for (String word : more) {
            body.string(word);
        }
        return body.int8(0).asPacket();
    }
}
