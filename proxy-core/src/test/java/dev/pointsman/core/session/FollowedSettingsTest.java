package dev.pointsman.core.session;

import static dev.pointsman.core.session.SessionTest.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/// What a client has set, in transaction mode.
class FollowedSettingsTest {
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
}
