package dev.pointsman.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Papers;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import io.netty.pkitesting.CertificateBuilder.Algorithm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Clients behind a load balancer that says whom it speaks for.
class BalancedClientsTest {
    private static final String POOL = "{mode: transaction, size: 2}";
    private static final String BEHIND_BALANCER =
            "listen: {host: 127.0.0.1, port: 0, proxy_protocol: 127.0.0.0/8}";
    private static final String HEADER = "PROXY TCP4 192.0.2.7 10.0.0.1 56324 6432\r\n";

    private static ScriptedServer server() {
        return ScriptedServer.listening(PathRig::answer);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String clientAddress(PathRig rig) {
        return rig.path().sessions().snapshot().getFirst().clientAddress().toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000})
    void theClientIsWhomTheHeaderNames(int piece) {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, BEHIND_BALANCER);
                var client = rig.connect()) {
            client.sendInPieces(ascii(HEADER), piece);
            client.logIn(PathRig.USER, PathRig.DATABASE);

            assertThat(client.run("select 1")).hasSize(4);
            assertThat(clientAddress(rig)).isEqualTo("/192.0.2.7:56324");
        }
    }

    @Test
    void rulesSpeakOfTheClientAndNotOfTheBalancer() {
        var rules =
                "auth: {type: trust, rules: [{address: 192.0.2.7}, {address: 127.0.0.0/8, user:"
                        + " owner}]}";
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, BEHIND_BALANCER, rules);
                var meant = rig.connect();
                var other = rig.connect()) {
            meant.send(ascii(HEADER));
            meant.logIn(PathRig.USER, PathRig.DATABASE);

            other.send(ascii(HEADER.replace("192.0.2.7", "192.0.2.8")));
            other.startUp("owner", PathRig.DATABASE);
            assertThat(other.expectError("28000").fields().get('M')).contains("192.0.2.8");
        }
    }

    @Test
    void encryptionBeginsBehindTheHeader(@TempDir Path folder) throws Exception {
        var papers = new Papers(folder);
        papers.server("server", Algorithm.ecp256);
        var listen =
                papers.listen("require", "server", "")
                        .replace("port: 0", "port: 0, proxy_protocol: 127.0.0.1");
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, listen);
                var plain = rig.connect()) {
            plain.send(ascii(HEADER));
            var client = plain.askAndEncrypt(papers.trusting());
            client.logIn(PathRig.USER, PathRig.DATABASE);

            assertThat(client.run("select 1")).hasSize(4);
            assertThat(clientAddress(rig)).isEqualTo("/192.0.2.7:56324");
        }
    }

    @Test
    void aBalancerThatSpeaksForItselfKeepsItsAddress() {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, BEHIND_BALANCER);
                var client = rig.connect()) {
            client.send(ascii("PROXY UNKNOWN\r\n"));
            client.logIn(PathRig.USER, PathRig.DATABASE);

            assertThat(clientAddress(rig)).startsWith("/127.0.0.1:");
        }
    }

    @Test
    void aBalancerThatNamesNobodyIsSentAway() {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, BEHIND_BALANCER);
                var silent = rig.connect();
                var wrong = rig.connect()) {
            silent.startUp(PathRig.USER, PathRig.DATABASE);
            silent.expectClosed();

            wrong.send(ascii("PROXY TCP4 somewhere else 1 2\r\n"));
            wrong.expectClosed();
        }
    }

    @Test
    void aHeaderThatDoesNotComeIsWaitedForAsLongAsALogin() {
        try (var server = server();
                var rig =
                        new PathRig(
                                server.port(),
                                POOL,
                                BEHIND_BALANCER,
                                "limits: {client_login_timeout: 100ms}");
                var client = rig.connect()) {
            client.send(ascii("PROXY TCP4 192.0.2.7"));

            client.expectError("08P01");
            client.expectClosed();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", proxy_protocol: 192.0.2.0/24"})
    void nobodyElseMaySpeakForOthers(String balancers) {
        var listen = "listen: {host: 127.0.0.1, port: 0" + balancers + "}";
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, listen);
                var liar = rig.connect();
                var honest = rig.connect()) {
            liar.send(ascii(HEADER));
            liar.expectError("08P01");
            liar.expectClosed();

            honest.logIn(PathRig.USER, PathRig.DATABASE);
            assertThat(clientAddress(rig)).startsWith("/127.0.0.1:");
        }
    }

    @Test
    void aCancelRequestComesBehindAHeaderToo() {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, BEHIND_BALANCER);
                ScriptedClient client = rig.connect()) {
            client.send(ascii(HEADER));
            client.cancel(1, Bytes.empty().int32(2).toArray());

            client.expectClosed();
        }
    }
}
