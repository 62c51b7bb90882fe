package dev.pointsman.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.peer.Papers;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import io.netty.pkitesting.CertificateBuilder.Algorithm;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;

/// Clients that show their password, and a server that is asked about it.
class PassthroughLoginTest {
    private static final int CLEAR = 3;

    @TempDir Path folder;
    private Papers papers;

    @BeforeEach
    void makePapers() throws Exception {
        papers = new Papers(folder);
        papers.server("server", Algorithm.ecp256);
    }

    /// Asks for the password in clear, and lets in who has the right one.
    private static ScriptedServer server() {
        return ScriptedServer.listening(
                conversation -> {
                    conversation.expectStartUp();
                    conversation.sendAuthentication(CLEAR, new byte[0]);
                    if (!conversation.expect('p').text().equals("right")) {
                        conversation.sendFatal("28P01", "password authentication failed");
                        return;
                    }
                    conversation.sendAuthenticationOk();
                    conversation.sendParameter("server_version", "18.6");
                    conversation.sendKey(1, 2);
                    conversation.sendReady('I');
                    PathRig.answerUntilGone(conversation);
                });
    }

    private PathRig rig(ScriptedServer server) {
        return new PathRig(
                server.port(),
                "{mode: session, size: 5}",
                papers.listen("allow", "server", ""),
                "auth: {type: passthrough}");
    }

    @Test
    void whoTheServerLetsInIsLetIn() throws Exception {
        try (var server = server();
                var rig = rig(server);
                var client = asked(rig, "stranger")) {
            client.password("right");

            assertThat(client.expectUpTo('Z').getFirst().int32(0)).isZero();
            assertThat(client.run("select 1")).hasSize(4);
        }
    }

    @Test
    void aWrongPasswordIsRefusedInTheSameWordsAsEverywhere() throws Exception {
        try (var server = server();
                var rig = rig(server);
                var client = asked(rig, "stranger")) {
            client.password("wrong");

            var error = client.expectError("28P01");
            assertThat(error.fields().get('M'))
                    .isEqualTo("password authentication failed for user \"stranger\"");
        }
    }

    @Test
    void aPasswordIsNotAskedForInPlain() {
        try (var server = server();
                var rig = rig(server);
                var client = rig.connect()) {
            client.startUp(Map.of("user", "stranger", "database", PathRig.DATABASE));

            assertThat(client.expectError("28000").fields().get('H')).contains("sslmode=require");
            assertThat(server.accepted()).isZero();
        }
    }

    private ScriptedClient asked(PathRig rig, String user) throws Exception {
        var client = rig.connect().askAndEncrypt(papers.trusting());
        client.startUp(user, PathRig.DATABASE);
        assertThat(client.expect('R').int32(0)).isEqualTo(CLEAR);
        return client;
    }
}
