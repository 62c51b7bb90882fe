package dev.pointsman.core.session.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;
import dev.pointsman.core.peer.ScriptedServer.Conversation;
import dev.pointsman.core.session.SessionRig;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/// Named prepared statements in transaction mode, message by message.
class NamedStatementTest {
    private static SessionRig before(ScriptedServer server) {
        return new SessionRig(PoolMode.TRANSACTION, 1, Map.of("blue", server.port()));
    }

    private static String types(List<Message> messages) {
        var types = new StringBuilder();
        messages.forEach(message -> types.append(message.type()));
        return types.toString();
    }

    private static void expectParse(Conversation on, String name, String sql) {
        assertThat(on.expect('P').strings(0)).startsWith(name, sql);
    }

    private static void expectBind(Conversation on, String name) {
        assertThat(on.expect('B').strings(0)).startsWith("", name);
    }

    private static void answer(Conversation on, String types) {
        for (int i = 0; i < types.length(); i++) {
            switch (types.charAt(i)) {
                case 'C' -> on.sendComplete("SELECT 0");
                case 'Z' -> on.sendReady('I');
                default -> on.send(types.charAt(i), Bytes.empty());
            }
        }
    }

    @Test
    void aStatementIsPreparedOncePerConnectionUnderANameOfOurs() {
        try (var server =
                        ScriptedServer.listening(
                                on -> {
                                    on.letIn();
                                    expectParse(on, "pointsman_1", "select 1");
                                    on.expect('S');
                                    answer(on, "1Z");
                                    // the other client's Parse of the same text is for nobody
                                    assertThat(on.expect('C').strings(1)).contains("pointsman_0");
                                    expectParse(on, "pointsman_0", "select 1");
                                    expectBind(on, "pointsman_1");
                                    on.expect('E');
                                    on.expect('S');
                                    answer(on, "312CZ");
                                });
                var rig = before(server);
                var first = ScriptedClient.connect(rig.port());
                var second = ScriptedClient.connect(rig.port())) {
            first.logIn("app", SessionRig.DATABASE);
            second.logIn("app", SessionRig.DATABASE);

            first.parse("mine", "select 1");
            first.sync();
            assertThat(types(first.expectUpTo('Z'))).isEqualTo("1Z");

            second.parse("yours", "select 1");
            second.bind("yours");
            second.execute();
            second.sync();
            assertThat(types(second.expectUpTo('Z'))).isEqualTo("12CZ");
            server.awaitScripts();
        }
    }

    @Test
    void aNameInUseIsRefusedAndTheRunSkippedByTheServersOwnRules() {
        try (var server =
                        ScriptedServer.listening(
                                on -> {
                                    on.letIn();
                                    expectParse(on, "pointsman_1", "select 1");
                                    on.expect('S');
                                    answer(on, "1Z");
                                    // the server is asked, and says it of our name
                                    expectParse(on, "pointsman_1", "select 2");
                                    expectBind(on, "pointsman_1");
                                    on.expect('S');
                                    on.sendError("42P05", "\"pointsman_1\" already exists");
                                    on.sendReady('I');
                                });
                var rig = before(server);
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);
            client.parse("s", "select 1");
            client.sync();
            client.expectUpTo('Z');

            client.parse("s", "select 2");
            client.bind("s");
            client.sync();

            assertThat(client.expectError("42P05").strings(0))
                    .contains("Mprepared statement \"s\" already exists");
            client.expectReady('I');
            server.awaitScripts();
        }
    }

    @Test
    void aStatementWhoseParseWasDiscardedByAnErrorIsNotThereAfterwards() {
        try (var server =
                        ScriptedServer.listening(
                                on -> {
                                    on.letIn();
                                    on.expect('B');
                                    expectParse(on, "pointsman_1", "select 1");
                                    on.expect('S');
                                    on.sendError("26000", "does not exist");
                                    on.sendReady('I');
                                    // sent on under its own name, for the server to refuse
                                    expectBind(on, "late");
                                    on.expect('S');
                                    on.sendError("26000", "does not exist");
                                    on.sendReady('I');
                                });
                var rig = before(server);
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);

            client.bind("unknown");
            client.parse("late", "select 1");
            client.sync();
            client.expectError("26000");
            client.expectReady('I');

            client.bind("late");
            client.sync();
            client.expectError("26000");
            client.expectReady('I');
            server.awaitScripts();
        }
    }

    @Test
    void namesOfOursAreNobodyElses() {
        try (var server =
                        ScriptedServer.listening(
                                on -> {
                                    on.letIn();
                                    on.expect('P');
                                    on.expect('S');
                                    on.sendError("42601", "syntax error");
                                    on.sendReady('I');
                                });
                var rig = before(server);
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);

            client.bind("pointsman_1");
            client.sync();

            client.expectError("26000");
            client.expectReady('I');
            server.awaitScripts();
        }
    }
}
