package dev.pointsman.core.session.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;
import dev.pointsman.core.peer.ScriptedServer.Conversation;
import dev.pointsman.core.peer.ScriptedServer.Script;
import dev.pointsman.core.session.SessionRig;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Statements made by SQL's PREPARE in transaction mode, on one server connection.
class SqlPrepareTest {
    private static final String ONE = "prepare s as select 1";

    private static SessionRig before(ScriptedServer server) {
        return new SessionRig(PoolMode.TRANSACTION, 1, Map.of("blue", server.port()));
    }

    private static SessionRig forOne(ScriptedServer server) {
        var limits = Limits.defaults().with(new Limits.Statements(1, 1, 1_000));
        return new SessionRig(PoolMode.TRANSACTION, 1, Map.of("blue", server.port()), limits);
    }

    private static ScriptedServer server(Script script) {
        return ScriptedServer.listening(
                on -> {
                    on.letIn();
                    script.play(on);
                });
    }

    private static ScriptedClient client(SessionRig rig) {
        var client = ScriptedClient.connect(rig.port());
        client.logIn("app", SessionRig.DATABASE);
        return client;
    }

    private static String types(List<Message> messages) {
        var types = new StringBuilder();
        messages.forEach(message -> types.append(message.type()));
        return types.toString();
    }

    private static void runs(ScriptedClient client, String sql) {
        assertThat(types(client.run(sql))).isEqualTo("CZ");
    }

    private static void expect(Conversation on, String sql, String tag) {
        on.expectQuery(sql);
        on.sendDone(tag, 'I');
    }

    /// The proxy asks what is prepared; what is told is pairs of a name and a query string.
    private static void tell(Conversation on, String... statements) {
        assertThat(on.expectQuery()).contains("pg_prepared_statement()");
        for (int i = 0; i < statements.length; i += 2) {
            var row = Bytes.empty().int16(3);
            for (String value : List.of("p", statements[i], statements[i + 1])) {
                var bytes = value.getBytes(StandardCharsets.UTF_8);
                row.int32(bytes.length).raw(bytes);
            }
            on.send('D', row);
        }
        on.sendDone("SELECT", 'I');
    }

    @Test
    void aStatementIsGivenUpForOthersAndPreparedAnewForItsClient() {
        try (var server =
                        server(
                                on -> {
                                    expect(on, ONE, "PREPARE");
                                    tell(on, "s", ONE);
                                    expect(on, "DEALLOCATE \"s\"", "DEALLOCATE");
                                    expect(on, "select 2", "SELECT 1");
                                    expect(on, ONE, "PREPARE");
                                    expect(on, "select 3; execute s", "SELECT 1");
                                });
                var rig = before(server);
                var first = client(rig);
                var second = client(rig)) {
            runs(first, ONE);
            runs(second, "select 2");
            runs(first, "select 3; execute s");
            server.awaitScripts();
        }
    }

    @Test
    void clientsWithTheSameStatementsShareThem() {
        try (var server =
                        server(
                                on -> {
                                    expect(on, ONE, "PREPARE");
                                    tell(on, "s", ONE);
                                    // nobody knows yet that the second will say the same
                                    expect(on, "DEALLOCATE \"s\"", "DEALLOCATE");
                                    expect(on, ONE, "PREPARE");
                                    tell(on, "s", ONE);
                                    expect(on, "execute s", "SELECT 1");
                                    expect(on, "execute s", "SELECT 1");
                                });
                var rig = before(server);
                var first = client(rig);
                var second = client(rig)) {
            runs(first, ONE);
            runs(second, ONE);
            runs(first, "execute s");
            runs(second, "execute s");
            server.awaitScripts();
        }
    }

    @Test
    void whatWasPreparedUnderASettingOfItsTransactionStaysWhereItIs() {
        var local = "set local search_path = tenant; " + ONE;
        try (var server =
                        server(
                                on -> {
                                    if (on.number() > 1) {
                                        expect(on, "select 2", "SELECT 1");
                                        return;
                                    }
                                    expect(on, local, "PREPARE");
                                    tell(on, "s", local);
                                    expect(on, "execute s", "SELECT 1");
                                    tell(on, "s", local);
                                });
                var rig = new SessionRig(PoolMode.TRANSACTION, 2, Map.of("blue", server.port()));
                var first = client(rig);
                var second = client(rig)) {
            runs(first, local);
            runs(second, "select 2");
            runs(first, "execute s");
            server.awaitScripts();
        }
    }

    @Test
    void oneNameMayMeanTwoThings() {
        var other = "prepare s as select 2";
        try (var server =
                        server(
                                on -> {
                                    expect(on, ONE, "PREPARE");
                                    tell(on, "s", ONE);
                                    expect(on, "DEALLOCATE \"s\"", "DEALLOCATE");
                                    expect(on, other, "PREPARE");
                                    tell(on, "s", other);
                                    expect(on, "DEALLOCATE \"s\"", "DEALLOCATE");
                                    expect(on, ONE, "PREPARE");
                                    expect(on, "execute s", "SELECT 1");
                                });
                var rig = before(server);
                var first = client(rig);
                var second = client(rig)) {
            runs(first, ONE);
            runs(second, other);
            runs(first, "execute s");
            server.awaitScripts();
        }
    }

    @Test
    void whatTheClientGivesUpIsForgotten() {
        try (var server =
                        server(
                                on -> {
                                    expect(on, ONE, "PREPARE");
                                    tell(on, "s", ONE);
                                    expect(on, "deallocate s", "DEALLOCATE");
                                    tell(on);
                                    expect(on, "select 2", "SELECT 1");
                                    expect(on, "select 3", "SELECT 1");
                                });
                var rig = before(server);
                var first = client(rig);
                var second = client(rig)) {
            runs(first, ONE);
            runs(first, "deallocate s");
            runs(second, "select 2");
            runs(first, "select 3");
            server.awaitScripts();
        }
    }

    @Test
    void whatCannotBePreparedNowSpoilsNothingElse() {
        try (var server =
                        server(
                                on -> {
                                    expect(on, ONE, "PREPARE");
                                    tell(on, "s", ONE);
                                    expect(on, "DEALLOCATE \"s\"", "DEALLOCATE");
                                    expect(on, "select 2", "SELECT 1");
                                    on.expectQuery(ONE);
                                    on.sendError("42P01", "no such table");
                                    on.sendReady('I');
                                    expect(on, "select 3", "SELECT 1");
                                    expect(on, "DISCARD ALL", "DISCARD ALL");
                                    expect(on, ONE, "PREPARE");
                                    expect(on, "execute s", "SELECT 1");
                                });
                var rig = before(server);
                var first = client(rig);
                var second = client(rig)) {
            runs(first, ONE);
            runs(second, "select 2");
            runs(first, "select 3");
            runs(first, "execute s");
            server.awaitScripts();
        }
    }

    @Test
    void moreThanMayFollowWouldHaveToPin() {
        try (var server =
                        server(
                                on -> {
                                    expect(on, ONE, "PREPARE");
                                    tell(on, "s", ONE);
                                    on.expectQuery("the proxy refuses this message");
                                    on.sendError("42601", "syntax error");
                                    on.sendReady('I');
                                    expect(on, "execute s", "SELECT 1");
                                });
                var rig = forOne(server);
                var client = client(rig)) {
            runs(client, ONE);

            // a pool of one can pin nobody
            client.query("prepare t as select 2");
            client.expectError("53300");
            client.expectReady('I');

            runs(client, "execute s");
            server.awaitScripts();
        }
    }

    @Test
    void aNameThatTheProtocolHasGivenIsTaken() {
        try (var server =
                        server(
                                on -> {
                                    on.expect('P');
                                    on.expect('S');
                                    on.send('1', Bytes.empty());
                                    on.sendReady('I');
                                    on.expectQuery("the proxy refuses this message");
                                    on.sendError("42601", "syntax error");
                                    on.sendReady('I');
                                });
                var rig = before(server);
                var client = client(rig)) {
            client.parse("s", "select 1");
            client.sync();
            client.expectUpTo('Z');

            client.query("prepare S as select 2");

            client.expectError("42P05");
            client.expectReady('I');
            server.awaitScripts();
        }
    }
}
