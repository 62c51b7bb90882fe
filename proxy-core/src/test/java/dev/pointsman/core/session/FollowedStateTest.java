package dev.pointsman.core.session;

import static dev.pointsman.core.session.SessionTest.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;
import dev.pointsman.core.peer.ScriptedServer.Conversation;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/// What follows a client in transaction mode, also when it resets, discards or fails in the middle
/// of what it has sent.
class FollowedStateTest {
    private static final byte[] RUN =
            Bytes.empty()
                    .raw(Bytes.empty().string("").string("select 1").int16(0).asMessage('P'))
                    .raw(
                            Bytes.empty()
                                    .string("")
                                    .string("")
                                    .int16(0)
                                    .int16(0)
                                    .int16(0)
                                    .asMessage('B'))
                    .toArray();

    private static void begin(Conversation conversation) {
        conversation.expectStartUp();
        conversation.sendAuthenticationOk();
        conversation.sendParameter("application_name", "");
        conversation.sendKey(7, 8);
        conversation.sendReady('I');
    }

    private static void expectSetting(Conversation conversation) {
        assertThat(conversation.expectQuery()).contains("set_config('application_name', 'x'");
        conversation.sendRowDescription();
        conversation.sendRow("x");
        conversation.sendComplete("SELECT 1");
        conversation.sendParameter("application_name", "x");
        conversation.sendReady('I');
    }

    @Test
    void reportedSettingsFollowTheClient() {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.expectStartUp();
                                    conversation.sendAuthenticationOk();
                                    conversation.sendParameter("server_version", "19.0");
                                    conversation.sendParameter("application_name", "");
                                    conversation.sendKey(7, 8);
                                    conversation.sendReady('I');
                                    assertThat(conversation.expectQuery())
                                            .contains(
                                                    "set_config('application_name', 'it''s',"
                                                            + " false)");
                                    conversation.expectQuery("select 1");
                                    conversation.sendRowDescription();
                                    conversation.sendRow("it's");
                                    conversation.sendComplete("SELECT 1");
                                    conversation.sendParameter("application_name", "it's");
                                    conversation.sendReady('I');
                                    conversation.sendRows("1");
                                });
                var rig = new SessionRig(PoolMode.TRANSACTION, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.startUp(Map.of("user", "app", "database", "shop", "application_name", "it's"));
            client.expectUpTo('Z');

            List<Message> answer = client.run("select 1");

            // Then: what differs and cannot be set is told, our own question is not
            assertThat(types(answer)).isEqualTo("STDCZ");
            assertThat(answer.getFirst().strings(0)).contains("server_version", "19.0");
            server.awaitScripts();
        }
    }

    @Test
    void nothingOfOursComesIntoTheMiddleOfARunBehindAReset() {
        try (var server =
                        ScriptedServer.listening(
                                on -> {
                                    begin(on);
                                    expectSetting(on);
                                    on.expectQuery("reset all");
                                    on.sendComplete("RESET");
                                    on.sendParameter("application_name", "");
                                    on.sendReady('I');
                                    on.expect('P');
                                    on.expect('B');
                                    on.expect('E');
                                    on.expect('S');
                                    on.send('1', Bytes.empty());
                                    on.send('2', Bytes.empty());
                                    on.sendComplete("SELECT 0");
                                    on.sendReady('I');
                                    expectSetting(on);
                                    on.expectQuery("select 2");
                                    on.sendRows("2");
                                });
                var rig = new SessionRig(PoolMode.TRANSACTION, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.startUp(Map.of("user", "app", "database", "shop", "application_name", "x"));
            client.expectUpTo('Z');

            // When a run without its Sync comes with what resets
            client.send(
                    Bytes.empty()
                            .raw(Bytes.empty().string("reset all").asMessage('Q'))
                            .raw(RUN)
                            .toArray());
            assertThat(types(client.expectUpTo('Z'))).endsWith("CZ");
            client.execute();
            client.sync();

            // Then
            assertThat(types(client.expectUpTo('Z'))).isEqualTo("12CZ");
            assertThat(types(client.run("select 2"))).isEqualTo("TDCZ");
            server.awaitScripts();
        }
    }

    @Test
    void theUnnamedStatementOfARunOutlivesTheFailureOfTheRunBefore() {
        try (var server =
                        ScriptedServer.listening(
                                on -> {
                                    on.letIn();
                                    on.expect('P');
                                    on.expect('S');
                                    on.expect('P');
                                    on.expect('B');
                                    on.sendError("42601", "syntax error");
                                    on.sendReady('I');
                                    on.expect('B');
                                    on.expect('E');
                                    on.expect('S');
                                    on.send('1', Bytes.empty());
                                    on.send('2', Bytes.empty());
                                    on.send('2', Bytes.empty());
                                    on.sendComplete("SELECT 0");
                                    on.sendReady('I');
                                });
                var rig = new SessionRig(PoolMode.TRANSACTION, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);

            // When a second run is on its way as the first one fails
            client.send(
                    Bytes.empty()
                            .raw(Bytes.empty().string("").string("selec").int16(0).asMessage('P'))
                            .raw(Bytes.empty().asMessage('S'))
                            .raw(RUN)
                            .toArray());
            assertThat(types(client.expectUpTo('Z'))).isEqualTo("EZ");
            client.bind("");
            client.execute();
            client.sync();

            assertThat(types(client.expectUpTo('Z'))).isEqualTo("122CZ");
            server.awaitScripts();
        }
    }

    @Test
    void aDiscardThatTheServerSkipsKeepsNobodyWaiting() {
        try (var server =
                        ScriptedServer.listening(
                                on -> {
                                    on.letIn();
                                    on.expect('P');
                                    on.sendError("42601", "syntax error");
                                    on.expectQuery("discard all");
                                    on.expect('S');
                                    on.sendReady('I');
                                });
                var rig = new SessionRig(PoolMode.TRANSACTION, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);

            client.parse("", "selec");
            client.query("discard all");
            client.sync();

            assertThat(types(client.expectUpTo('Z'))).isEqualTo("EZ");
            server.awaitScripts();
        }
    }
}
