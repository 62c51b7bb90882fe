package dev.pointsman.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Papers;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;
import dev.pointsman.core.wire.auth.ChannelBinding;
import dev.pointsman.core.wire.auth.EndPoint;
import dev.pointsman.core.wire.auth.ScramClient;
import dev.pointsman.core.wire.auth.ScramKeys;

import io.netty.pkitesting.CertificateBuilder.Algorithm;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Logins that a certificate stands for: the client's own, or the port's that a password is tied
/// to.
class CertifiedTest {
    private static final String POOL = "{mode: transaction, size: 2}";

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
    @ValueSource(strings = {"CN=app", "O=org, CN=app, C=CH"})
    void aCertificateInTheUsersNameIsAsGoodAsAPassword(String subject) throws Exception {
        try (var server = server();
                var rig = rig(server, "verify-full", "ca: " + papers.ca(), "auth: {type: cert}");
                var client = rig.connect().askAndEncrypt(papers.showing(papers.client(subject)))) {
            client.logIn(PathRig.USER, PathRig.DATABASE);

            assertThat(client.run("select 1")).hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CN=App",
                "CN=other",
                "O=app",
                "CN=app, CN=other",
                "CN=app+CN=other",
                "CN=app\\, CN=app",
                "UID=app"
            })
    void aCertificateInAnotherNameIsNot(String subject) throws Exception {
        try (var server = server();
                var rig = rig(server, "verify-full", "ca: " + papers.ca(), "auth: {type: cert}");
                var client = rig.connect().askAndEncrypt(papers.showing(papers.client(subject)))) {
            client.startUp(PathRig.USER, PathRig.DATABASE);

            client.expectError("28000");
            client.expectClosed();
        }
    }

    @Test
    void whoShowsNoCertificateIsTold() throws Exception {
        try (var server = server();
                var rig = rig(server, "prefer", "ca: " + papers.ca(), "auth: {type: cert}");
                var plain = rig.connect();
                var client = rig.connect().askAndEncrypt(papers.trusting())) {
            client.startUp(PathRig.USER, PathRig.DATABASE);
            plain.startUp(PathRig.USER, PathRig.DATABASE);

            client.expectError("28000");
            plain.expectError("28000");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"rsa2048", "ecp256", "ecp384"})
    void aLoginMayBeTiedToTheCertificate(Algorithm algorithm) throws Exception {
        var binding = EndPoint.of(papers.server("server", algorithm)).orElseThrow();
        try (var server = server();
                var rig = rig(server, "require", "", "auth: {type: scram-sha-256}");
                var client = rig.connect().askAndEncrypt(papers.trusting())) {
            assertThat(offered(client)).containsExactly("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");

            prove(client, "SCRAM-SHA-256-PLUS", new ScramClient(binding));

            client.expectUpTo('Z');
        }
    }

    @Test
    void aLoginTiedToAnotherCertificateIsRefused() throws Exception {
        var binding = EndPoint.of(papers.server("other", Algorithm.ecp256)).orElseThrow();
        try (var server = server();
                var rig = rig(server, "require", "", "auth: {type: scram-sha-256}");
                var client = rig.connect().askAndEncrypt(papers.trusting())) {
            offered(client);

            prove(client, "SCRAM-SHA-256-PLUS", new ScramClient(binding));

            client.expectError("28000");
        }
    }

    @Test
    void aClientThatWasNotToldOfTheOfferIsRefused() throws Exception {
        try (var server = server();
                var rig = rig(server, "require", "", "auth: {type: scram-sha-256}");
                var client = rig.connect().askAndEncrypt(papers.trusting())) {
            offered(client);
            var first = new ScramClient(new ChannelBinding.Unbound(true)).clientFirst();

            initial(client, "SCRAM-SHA-256", first);

            client.expectError("28000");
        }
    }

    private static List<String> offered(ScriptedClient client) {
        client.startUp(PathRig.USER, PathRig.DATABASE);
        return client.expect('R').strings(4).stream().filter(it -> !it.isEmpty()).toList();
    }

    private static void initial(ScriptedClient client, String mechanism, String first) {
        var data = first.getBytes(StandardCharsets.UTF_8);
        client.send('p', Bytes.empty().string(mechanism).int32(data.length).raw(data));
    }

    private static void prove(ScriptedClient client, String mechanism, ScramClient scram) {
        initial(client, mechanism, scram.clientFirst());
        var body = client.expect('R').body();
        var challenge =
                scram.challenge(new String(body, 4, body.length - 4, StandardCharsets.UTF_8));
        var keys = ScramKeys.derive("app's", challenge.salt(), challenge.iterations());
        client.send(
                'p', Bytes.empty().raw(challenge.answer(keys).getBytes(StandardCharsets.UTF_8)));
    }
}
