package dev.pointsman.core.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.PathRig;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/// What has brought down other poolers, or let somebody in: each has to end with the one connection
/// that did it. docs/decisions/0096 lists them all.
class KnownFaultsTest {
    private static final String POOL = "{mode: transaction, size: 2}";
    private static final String SCRAM = "auth: {type: scram-sha-256}";
    private static final String FIRST = "n,,n=,r=abcdefghijklmnopqrstuvwx";
    private static final String PROOF = ",p=" + "A".repeat(43) + "=";

    private static ScriptedServer server() {
        return ScriptedServer.listening(PathRig::answer);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void refused(ScriptedClient client) {
        client.expectError("08P01");
        client.expectClosed();
    }

    /// CVE-2015-4054.
    @Test
    void aPasswordInPlaceOfAStartUpPacketIsRefused() {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, SCRAM);
                var client = rig.connect()) {
            client.password("secret");

            refused(client);
        }
    }

    /// CVE-2026-6664.
    @ParameterizedTest
    @ValueSource(ints = {0xffffffff, 0xfffffffe, Integer.MIN_VALUE, Integer.MAX_VALUE, 5, 3, 0})
    void aSaslMessageThatHasNotTheBytesItAnnouncesIsRefused(int announced) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, SCRAM);
                var client = rig.connect()) {
            client.startUp(PathRig.USER, PathRig.DATABASE);
            client.expect('R');

            client.send(
                    'p', Bytes.empty().string("SCRAM-SHA-256").int32(announced).raw(ascii("n,,n")));

            refused(client);
        }
    }

    /// CVE-2026-6668 and CVE-2026-107348.
    @ParameterizedTest
    @ValueSource(ints = {0x80000001, 0xffffffff, Integer.MAX_VALUE, 65_536, 3, 0})
    void aPasswordMessageOfAnAbsurdLengthIsRefusedAtItsHeader(int length) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, SCRAM);
                var client = rig.connect()) {
            client.startUp(PathRig.USER, PathRig.DATABASE);
            client.expect('R');

            client.send(Bytes.empty().int8('p').int32(length).toArray());

            refused(client);
        }
    }

    /// CVE-2026-6668 and CVE-2026-107348, of a client that is logged in.
    @ParameterizedTest
    @ValueSource(ints = {0x80000001, 0xffffffff, 3, 0})
    void aMessageOfAnImpossibleLengthEndsItsClientAlone(int length) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL);
                var other = rig.logIn();
                var client = rig.logIn()) {
            client.send(Bytes.empty().int8('Q').int32(length).toArray());

            client.expectError("08P01");
            client.expectClosed();
            assertThat(other.run("select 1")).hasSize(4);
        }
    }

    /// CVE-2026-19888.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "c=biws",
                "c=biws,r=NONCE",
                "c=biws,PROOF",
                "r=NONCE,PROOF",
                "c=biws,r=NONCE,p=",
                "c=,r=,p=",
                "c,r,p",
                "=,=,=",
                ",,,",
                "c=biws,r=NONCE,x=1"
            })
    void aScramProofThatLacksAPartIsRefused(String answer) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, SCRAM);
                var client = rig.connect()) {
            client.startUp(PathRig.USER, PathRig.DATABASE);
            String nonce = challenged(client);

            var last = answer.replace("NONCE", nonce).replace(",PROOF", PROOF);
            client.send('p', Bytes.empty().raw(ascii(last)));

            assertThat(client.expect('E').sqlState()).isIn("08P01", "28000");
            client.expectClosed();
        }
    }

    /// CVE-2026-107350.
    @ParameterizedTest
    @CsvSource({"shop, false", "shop, true", "nowhere, false", "nowhere, true"})
    void aSecondStartUpPacketMakesNobodySomebodyElse(String database, boolean challenged) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, SCRAM);
                var client = rig.connect()) {
            client.startUp(PathRig.USER, database);
            if (challenged) {
                challenged(client);
            } else {
                client.expect('R');
            }

            client.startUp("owner", PathRig.DATABASE);

            refused(client);
            assertThat(rig.sessions().count()).isZero();
        }
    }

    /// CVE-2026-107349.
    @ParameterizedTest
    @ValueSource(
            strings = {"-c =", "-c=", "-c", "--", "--=", "=", "\\", "-c \\", "-c  = -c =1", ""})
    void optionsWithoutANameAreReadToTheirEnd(String options) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL);
                var client = rig.connect()) {
            client.startUp(
                    Map.of(
                            "user", PathRig.USER,
                            "database", PathRig.DATABASE,
                            "options", options));

            client.expectUpTo('Z');
            assertThat(client.run("select 1")).hasSize(4);
        }
    }

    /// CVE-2026-6665: a nonce without measure; CVE-2026-6669: work without measure.
    @ParameterizedTest
    @CsvSource({
        "60000, 4096",
        "70000, 4096",
        "1, 1000001",
        "1, 2147483647",
        "1, 99999999999999",
        "1, 0",
        "1, -1"
    })
    void aServerThatAsksForTooMuchIsNotLoggedInTo(int nonceBytes, String iterations) {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    if (conversation.number() == 1) {
                                        conversation.untilTheyGo(
                                                () -> ask(conversation, nonceBytes, iterations));
                                    } else {
                                        PathRig.answer(conversation);
                                    }
                                });
                var rig = new PathRig(server.port(), POOL)) {
            othersAreServed(rig);

            assertThat(server.accepted()).isGreaterThan(1);
        }
    }

    private static void ask(
            ScriptedServer.Conversation conversation, int nonceBytes, String iterations) {
        conversation.expectStartUp();
        conversation.sendAuthentication(
                10, Bytes.empty().string("SCRAM-SHA-256").int8(0).toArray());
        var first = new String(conversation.expect('p').body(), StandardCharsets.US_ASCII);
        String nonce = first.substring(first.indexOf("r=") + 2) + "x".repeat(nonceBytes);
        conversation.sendAuthentication(
                11, ascii("r=" + nonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=" + iterations));
        Message last = conversation.expect('p');
        assertThat(nonceBytes).as("only this is answered").isEqualTo(60_000);
        assertThat(new String(last.body(), StandardCharsets.US_ASCII))
                .contains("r=" + nonce + ",p=");
        conversation.sendAuthentication(12, ascii("v=" + "A".repeat(43) + "="));
        conversation.receive();
    }

    /// CVE-2026-6666.
    @Test
    void aServersErrorWithoutSqlstateIsPassedOnOrTold() {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    if (conversation.number() == 1) {
                                        conversation.expectStartUp();
                                        conversation.send('E', bareError());
                                    } else {
                                        conversation.untilTheyGo(() -> failOnce(conversation));
                                    }
                                });
                var rig = new PathRig(server.port(), POOL);
                var first = rig.connect()) {
            // at the login
            first.startUp(PathRig.USER, PathRig.DATABASE);
            first.expect('R');
            assertThat(first.expect('E').fields().toString()).contains("no code");
            first.expectClosed();
            othersAreServed(rig);

            // in a session
            try (var client = rig.logIn()) {
                client.query("fail");
                assertThat(client.expect('E').fields()).containsOnlyKeys('S', 'M');
                client.expectReady('I');
                assertThat(client.run("select 1")).hasSize(4);
            }
        }
    }

    private static void failOnce(ScriptedServer.Conversation conversation) {
        conversation.letIn();
        while (true) {
            var asked = conversation.receive();
            if (asked.type() != 'Q') {
                return;
            }
            if (asked.text().equals("fail")) {
                conversation.send('E', bareError());
                conversation.sendReady('I');
            } else {
                conversation.sendRows("1");
            }
        }
    }

    private static Bytes bareError() {
        return Bytes.empty().string("SERROR").string("Mno code").int8(0);
    }

    /// The server's next login may be put off for a moment.
    private static void othersAreServed(PathRig rig) {
        await().atMost(Duration.ofMinutes(2))
                .until(
                        () -> {
                            try (var other = rig.connect()) {
                                other.startUp(PathRig.USER, PathRig.DATABASE);
                                other.expect('R');
                                if (other.receive().type() == 'E') {
                                    return false;
                                }
                                other.expectUpTo('Z');
                                return other.run("select 1").size() == 4;
                            }
                        });
    }

    /// Begins a SCRAM exchange, and returns the nonce of both.
    private static String challenged(ScriptedClient client) {
        client.expect('R');
        client.send(
                'p', Bytes.empty().string("SCRAM-SHA-256").int32(FIRST.length()).raw(ascii(FIRST)));
        var challenge = client.expect('R');
        var text = new String(challenge.body(), StandardCharsets.US_ASCII).substring(4);
        return text.substring(2, text.indexOf(','));
    }
}
