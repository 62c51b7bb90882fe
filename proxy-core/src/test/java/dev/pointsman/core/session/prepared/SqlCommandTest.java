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

import java.util.List;
import java.util.Map;

/// EXECUTE and DEALLOCATE in SQL, of statements that clients have made by the protocol, in
/// transaction mode on one server connection.
class SqlCommandTest {
    private static SessionRig before(ScriptedServer server, int mostPrepared) {
        var limits = Limits.defaults().with(new Limits.Statements(mostPrepared, 2, 1_000));
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

    private static void prepare(ScriptedClient client, String name, String sql) {
        client.parse(name, sql);
        client.sync();
        assertThat(types(client.expectUpTo('Z'))).isEqualTo("1Z");
    }

    private static String types(List<Message> messages) {
        var types = new StringBuilder();
        messages.forEach(message -> types.append(message.type()));
        return types.toString();
    }

    private static void expectParse(Conversation on, String name, String sql) {
        assertThat(on.expect('P').strings(0)).startsWith(name, sql);
    }

    private static void expectClose(Conversation on, String name) {
        assertThat(on.expect('C').strings(1)).contains(name);
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
    void twoClientsWithOneNameAndTwoTextsRunTheirOwn() {
        try (var server =
                        server(
                                on -> {
                                    expectParse(on, "pointsman_1", "select 1");
                                    on.expect('S');
                                    answer(on, "1Z");
                                    expectParse(on, "pointsman_2", "select 2");
                                    on.expect('S');
                                    answer(on, "1Z");
                                    on.expectQuery("EXECUTE pointsman_1(7)");
                                    answer(on, "CZ");
                                    on.expectQuery("EXECUTE pointsman_2 ;");
                                    answer(on, "CZ");
                                });
                var rig = before(server, 200);
                var first = client(rig);
                var second = client(rig)) {
            prepare(first, "s", "select 1");
            prepare(second, "s", "select 2");

            assertThat(types(first.run("execute S(7)"))).isEqualTo("CZ");
            assertThat(types(second.run(" EXECUTE \"s\" ;"))).isEqualTo("CZ");
            server.awaitScripts();
        }
    }

    @Test
    void whatIsMissingIsPreparedInFrontAndTheClientSeesNothingOfThat() {
        try (var server =
                        server(
                                on -> {
                                    expectParse(on, "pointsman_1", "select 1");
                                    on.expect('S');
                                    answer(on, "1Z");
                                    // one is kept
                                    expectClose(on, "pointsman_1");
                                    expectParse(on, "pointsman_2", "select 2");
                                    on.expect('S');
                                    answer(on, "31Z");
                                    expectClose(on, "pointsman_2");
                                    expectParse(on, "pointsman_3", "select 1");
                                    on.expect('S');
                                    on.expectQuery("EXECUTE pointsman_3");
                                    answer(on, "31ZCZ");
                                });
                var rig = before(server, 1);
                var client = client(rig)) {
            prepare(client, "one", "select 1");
            prepare(client, "two", "select 2");

            assertThat(types(client.run("execute one"))).isEqualTo("CZ");
            server.awaitScripts();
        }
    }

    @Test
    void whatCannotBePreparedAnyMoreIsToldOnce() {
        try (var server =
                        server(
                                on -> {
                                    expectParse(on, "pointsman_1", "select * from t");
                                    on.expect('S');
                                    answer(on, "1Z");
                                    expectClose(on, "pointsman_1");
                                    expectParse(on, "pointsman_2", "select 2");
                                    on.expect('S');
                                    answer(on, "31Z");
                                    on.expect('C');
                                    expectParse(on, "pointsman_3", "select * from t");
                                    on.expect('S');
                                    on.expectQuery("EXECUTE pointsman_3");
                                    answer(on, "3");
                                    on.sendError("42P01", "no table t");
                                    answer(on, "Z");
                                    on.sendError("26000", "no pointsman_3");
                                    answer(on, "Z");
                                    // and it is prepared anew the next time
                                    on.expect('P');
                                    on.expect('S');
                                    on.expectQuery("EXECUTE pointsman_4");
                                    answer(on, "1ZCZ");
                                });
                var rig = before(server, 1);
                var client = client(rig)) {
            prepare(client, "one", "select * from t");
            prepare(client, "two", "select 2");

            client.query("execute one");
            client.expectError("42P01");
            client.expectReady('I');

            assertThat(types(client.run("execute one"))).isEqualTo("CZ");
            server.awaitScripts();
        }
    }

    @Test
    void deallocateTakesTheClientsNameAndLeavesOthersTheirStatement() {
        try (var server =
                        server(
                                on -> {
                                    expectParse(on, "pointsman_1", "select 1");
                                    on.expect('S');
                                    answer(on, "1Z");
                                    expectClose(on, "pointsman_0");
                                    expectParse(on, "pointsman_0", "select 1");
                                    on.expect('S');
                                    answer(on, "31Z");
                                    expectClose(on, "pointsman_0");
                                    expectParse(on, "pointsman_0", "");
                                    on.expect('S');
                                    on.expectQuery("DEALLOCATE pointsman_0");
                                    answer(on, "31Z");
                                    on.sendComplete("DEALLOCATE");
                                    answer(on, "Z");
                                    // the name means nothing any more
                                    on.expectQuery("execute s");
                                    on.sendError("26000", "no s");
                                    answer(on, "Z");
                                    on.expectQuery("EXECUTE pointsman_1");
                                    answer(on, "CZ");
                                });
                var rig = before(server, 200);
                var first = client(rig);
                var second = client(rig)) {
            prepare(first, "s", "select 1");
            prepare(second, "s", "select 1");

            assertThat(types(first.run("deallocate prepare s"))).isEqualTo("CZ");
            first.query("execute s");
            first.expectError("26000");
            first.expectReady('I');
            assertThat(types(second.run("execute s"))).isEqualTo("CZ");
            server.awaitScripts();
        }
    }

    @Test
    void oneStatementMoreThanAClientMayHaveIsRefused() {
        try (var server =
                        server(
                                on -> {
                                    for (int i = 0; i < 2; i++) {
                                        on.expect('P');
                                        on.expect('S');
                                        answer(on, "1Z");
                                    }
                                    on.expect('P');
                                    on.expect('S');
                                    on.sendError("42601", "refused");
                                    answer(on, "Z");
                                });
                var rig = before(server, 200);
                var client = client(rig)) {
            prepare(client, "one", "select 1");
            prepare(client, "two", "select 2");

            client.parse("three", "select 3");
            client.sync();

            assertThat(client.expectError("53200").strings(0).toString())
                    .contains("max_client_prepared_statements");
            client.expectReady('I');
            server.awaitScripts();
        }
    }

    @Test
    void otherBoundsHoldFromTheNextStatementOn() {
        try (var server =
                        server(
                                on -> {
                                    for (int i = 0; i < 2; i++) {
                                        on.expect('P');
                                        on.expect('S');
                                        answer(on, "1Z");
                                    }
                                    expectClose(on, "pointsman_1");
                                    expectClose(on, "pointsman_2");
                                    expectParse(on, "pointsman_3", "select 3");
                                    on.expect('S');
                                    answer(on, "331Z");
                                });
                var rig = before(server, 200);
                var client = client(rig)) {
            prepare(client, "one", "select 1");
            prepare(client, "two", "select 2");

            rig.bound(new Limits.Statements(1, 3, 1_000));

            prepare(client, "three", "select 3");
            server.awaitScripts();
        }
    }
}
