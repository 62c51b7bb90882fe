package dev.pointsman.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// One client and one server on either side of a session.
class SessionTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 64, 4_096})
    void aConversationPassesHoweverItsBytesAreCut(int piece) {
        byte[] asked =
                Bytes.empty()
                        .raw(Bytes.empty().string("s").string("select $1").int16(0).asMessage('P'))
                        .raw(
                                Bytes.empty()
                                        .string("")
                                        .string("s")
                                        .int16(0)
                                        .int16(0)
                                        .int16(0)
                                        .asMessage('B'))
                        .raw(Bytes.empty().string("").int32(0).asMessage('E'))
                        .raw(Bytes.empty().asMessage('S'))
                        .raw(Bytes.empty().string("copy t from stdin").asMessage('Q'))
                        .toArray();
        byte[] answered =
                Bytes.empty()
                        .raw(Bytes.empty().asMessage('1'))
                        .raw(Bytes.empty().asMessage('2'))
                        .raw(Bytes.empty().string("SELECT 1").asMessage('C'))
                        .raw(Bytes.empty().string("ch").asMessage('N'))
                        .raw(Bytes.empty().int8('I').asMessage('Z'))
                        .raw(Bytes.empty().int8(0).int16(0).asMessage('G'))
                        .toArray();
        byte[] data = Bytes.empty().raw(new byte[5_000]).asMessage('d');
        byte[] end = Bytes.empty().asMessage('c');
        byte[] done =
                Bytes.empty()
                        .raw(Bytes.empty().string("COPY 1").asMessage('C'))
                        .raw(Bytes.empty().int8('I').asMessage('Z'))
                        .toArray();
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectBytes(asked);
                                    conversation.sendInPieces(answered, piece);
                                    conversation.expectBytes(data);
                                    conversation.expectBytes(end);
                                    conversation.sendInPieces(done, piece);
                                });
                var rig = new SessionRig(PoolMode.SESSION, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);

            client.sendInPieces(asked, piece);
            client.expectBytes(answered);
            client.sendInPieces(data, Math.max(piece, 64));
            client.send(end);
            client.expectBytes(done);

            server.awaitScripts();
        }
    }

    @Test
    void transactionsOfTwoClientsShareOneServerConnection() {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("select 1");
                                    conversation.sendRows("1");
                                    conversation.expectQuery("select 2");
                                    conversation.sendRows("2");
                                });
                var rig = new SessionRig(PoolMode.TRANSACTION, 1, Map.of("blue", server.port()));
                var first = ScriptedClient.connect(rig.port());
                var second = ScriptedClient.connect(rig.port())) {
            first.logIn("app", SessionRig.DATABASE);
            second.logIn("app", SessionRig.DATABASE);

            assertThat(first.run("select 1")).hasSize(4);
            assertThat(second.run("select 2")).hasSize(4);

            server.awaitScripts();
            assertThat(server.accepted()).isOne();
        }
    }

    @Test
    void aServerConnectionThatWasChangedIsCleanedBeforeTheNextClientGetsIt() {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("create table t (a int)");
                                    conversation.sendDone("CREATE TABLE", 'I');
                                    conversation.expectQuery("DISCARD ALL");
                                    conversation.sendDone("DISCARD ALL", 'I');
                                    conversation.expectQuery("do 'begin end'");
                                    conversation.sendDone("DO", 'I');
                                    assertThat(conversation.expectQuery())
                                            .contains("pg_show_all_settings", "pg_lock_status");
                                    conversation.sendDone("SELECT 0", 'I');
                                    conversation.expectQuery("DISCARD ALL");
                                    conversation.sendDone("DISCARD ALL", 'I');
                                    conversation.expectQuery("select 1");
                                    conversation.sendRows("1");
                                });
                var rig = new SessionRig(PoolMode.TRANSACTION, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);
            client.run("create table t (a int)");
            client.run("do 'begin end'");
            client.run("select 1");
            server.awaitScripts();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerLostDuringAStatementLeavesItsOutcomeUnknown(PoolMode mode) {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("insert");
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);

            client.query("insert");

            client.expectError("08007");
            client.expectClosed();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerLostInAnIdleTransactionEndsTheSessionWithACertainOutcome(PoolMode mode) {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("begin");
                                    conversation.sendDone("BEGIN", 'T');
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);
            client.run("begin");

            client.expectError("08006");
            client.expectClosed();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheServerSaysLastIsPassedOnAsItIs(PoolMode mode) {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("select 1");
                                    conversation.sendFatal("57P01", "terminating connection");
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);

            client.query("select 1");

            assertThat(client.expectError("57P01").fields())
                    .containsEntry('M', "terminating connection");
            client.expectClosed();
        }
    }

    @Test
    void aServerConnectionThatDiedIdleIsReplacedUnseen() {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("select 1");
                                    conversation.sendRows("1");
                                });
                var rig = new SessionRig(PoolMode.TRANSACTION, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);
            client.run("select 1");
            server.awaitScripts();

            await().until(() -> rig.pools().pids(SessionRig.DATABASE, "blue").isEmpty());
            assertThat(types(client.run("select 1"))).isEqualTo("TDCZ");
            assertThat(server.accepted()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatIsNotReadingStopsTheServer(PoolMode mode) {
        var row = new byte[64 << 10];
        var sent = new AtomicInteger();
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("copy out");
                                    for (int i = 0; i < 1_000; i++) {
                                        conversation.send('d', Bytes.empty().raw(row));
                                        sent.incrementAndGet();
                                    }
                                    conversation.sendDone("COPY 1000", 'I');
                                });
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);
            client.query("copy out");
            // 64 MB do not fit into the buffers of two sockets, nor into the proxy
            await().during(Duration.ofMillis(500)).until(() -> sent.get() < 1_000);

            assertThat(client.expectUpTo('Z')).hasSize(1_002);
            server.awaitScripts();
        }
    }

    @Test
    void aSessionIsCarriedToTheServingServerWithItsSettingsAndStatements() {
        try (var blue =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("set app.user_id = 7");
                                    conversation.sendDone("SET", 'I');
                                    String capture = conversation.expectQuery();
                                    assertThat(capture)
                                            .contains("current_setting('app.user_id', true)");
                                    row(conversation, "setting", "work_mem", "8192", "", "");
                                    row(conversation, "setting", "app.user_id", "7", "", "");
                                    row(conversation, "role", "none", "", "", "");
                                    row(
                                            conversation,
                                            "prepared",
                                            "s1",
                                            "select $1",
                                            "bigint",
                                            "false");
                                    row(conversation, "prepared", "s2", "begin", "", "false");
                                    row(
                                            conversation,
                                            "prepared",
                                            "q",
                                            "select 1; prepare q as select ';' ; prepare r as"
                                                    + " select 2",
                                            "",
                                            "true");
                                    conversation.sendDone("SELECT 6", 'I');
                                    conversation.expect('X');
                                });
                var green =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    assertThat(conversation.expectQuery())
                                            .contains("('work_mem', '8192'), ('app.user_id', '7')");
                                    conversation.expectQuery(
                                            "PREPARE \"s1\" (bigint) AS select $1");
                                    assertThat(conversation.expect('P').strings(0))
                                            .startsWith("s2", "begin");
                                    conversation.expect('S');
                                    assertThat(conversation.expectQuery().strip())
                                            .isEqualTo("prepare q as select ';' ;");
                                    for (int i = 0; i < 4; i++) {
                                        conversation.sendReady('I');
                                    }
                                    conversation.expectQuery("select 1");
                                    conversation.sendRows("1");
                                });
                var rig = new SessionRig(PoolMode.SESSION, 1, ports(blue.port(), green.port()));
                var client = ScriptedClient.connect(rig.port())) {
            // Given
            client.logIn("app", SessionRig.DATABASE);
            client.run("set app.user_id = 7");

            // When
            rig.routes().swap(SessionRig.DATABASE, "green", 1);

            // Then
            assertThat(types(client.run("select 1"))).isEqualTo("TDCZ");
            blue.awaitScripts();
            green.awaitScripts();
        }
    }

    @Test
    void aSessionWithTemporaryTablesIsNotCarriedAndItsQueryNotRun() {
        try (var blue =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("create temp table t ()");
                                    conversation.sendDone("CREATE TABLE", 'I');
                                    conversation.expectQuery();
                                    row(conversation, "pin", "it has temporary tables", "", "", "");
                                    conversation.sendDone("SELECT 1", 'I');
                                });
                var green = ScriptedServer.listening(conversation -> conversation.letIn());
                var rig = new SessionRig(PoolMode.SESSION, 1, ports(blue.port(), green.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);
            client.run("create temp table t ()");
            rig.routes().swap(SessionRig.DATABASE, "green", 1);

            client.query("insert into t");

            assertThat(client.expectError("57P01").fields().get('M'))
                    .contains("green", "temporary tables");
            client.expectClosed();
            blue.awaitScripts();
            assertThat(green.accepted()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytesThatAreNotTheProtocolEndTheSession(PoolMode mode) {
        try (var server = ScriptedServer.listening(conversation -> conversation.letIn());
                var rig = new SessionRig(mode, 1, Map.of("blue", server.port()));
                var client = ScriptedClient.connect(rig.port())) {
            client.logIn("app", SessionRig.DATABASE);

            client.send(new byte[] {'!', 0, 0, 0, 4});

            client.expectError("08P01");
            client.expectClosed();
            await().until(() -> rig.registry().count() == 0);
        }
    }

    private static void row(ScriptedServer.Conversation to, String... values) {
        var body = Bytes.empty().int16(values.length);
        for (String value : values) {
            body.int32(value.length()).raw(value.getBytes(StandardCharsets.UTF_8));
        }
        to.send('D', body);
    }

    private static Map<String, Integer> ports(int blue, int green) {
        var ports = new LinkedHashMap<String, Integer>();
        ports.put("blue", blue);
        ports.put("green", green);
        return ports;
    }

    static String types(List<Message> messages) {
        var types = new StringBuilder();
        messages.forEach(message -> types.append(message.type()));
        return types.toString();
    }
}
