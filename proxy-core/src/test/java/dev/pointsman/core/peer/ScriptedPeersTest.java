package dev.pointsman.core.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.sql.DriverManager;
import java.util.concurrent.CountDownLatch;

class ScriptedPeersTest {
    @Test
    void aClientAndAServerHoldAConversation() {
        // given
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("select 1");
                                    conversation.sendRows("1");
                                    conversation.expect('X');
                                });
                var client = ScriptedClient.connect(server.port())) {
            // when
            client.logIn("app", "shop");
            var answer = client.run("select 1");
            client.terminate();
            server.awaitScripts();
            // then
            assertThat(answer).extracting(Message::type).containsExactly('T', 'D', 'C', 'Z');
            assertThat(answer.get(1).values()).containsExactly("1");
        }
    }

    @Test
    void theRealDriverTakesTheServerForPostgres() throws Exception {
        // given
        try (var server =
                ScriptedServer.listening(
                        conversation -> {
                            conversation.letIn();
                            while (conversation.receive().type() == 'Q') {
                                conversation.sendRows("yes");
                            }
                        })) {
            var url =
                    "jdbc:postgresql://127.0.0.1:" + server.port() + "/shop?preferQueryMode=simple";
            // when
            try (var connection = DriverManager.getConnection(url, "app", "");
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery("select 'yes'")) {
                // then
                rows.next();
                assertThat(rows.getString(1)).isEqualTo("yes");
            }
        }
    }

    @Test
    void aFailedScriptFailsTheTest() {
        var server = ScriptedServer.listening(conversation -> conversation.expectQuery("select 1"));
        var client = ScriptedClient.connect(server.port());
        // when
        client.query("select 2");
        client.expectClosed();
        // then
        assertThatThrownBy(server::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("select 2");
        client.close();
    }

    @Test
    void aScriptWaitsForTheTest() {
        // given
        var mayGoOn = new CountDownLatch(1);
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.until(mayGoOn);
                                    conversation.reset();
                                });
                var client = ScriptedClient.connect(server.port())) {
            assertThat(client.isSilent()).isTrue();
            // when
            mayGoOn.countDown();
            // then
            client.expectClosed();
        }
    }
}
