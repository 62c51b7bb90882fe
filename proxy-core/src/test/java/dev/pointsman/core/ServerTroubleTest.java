package dev.pointsman.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Malformed messages, many clients, and servers that do not do as they should.
class ServerTroubleTest {
    private static final String TRANSACTION = "{mode: transaction, size: 5}";
    private static final String SESSION = "{mode: session, size: 5}";

    @ParameterizedTest
    @CsvSource({
        "28P01, password authentication failed",
        "3D000, database does not exist",
        "53300, too many clients"
    })
    void whatAServerSaysToALoginIsPassedOn(String code, String message) {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.expectStartUp();
                                    conversation.sendFatal(code, message);
                                });
                var rig = new PathRig(server.port(), TRANSACTION);
                var client = rig.connect()) {
            client.startUp(PathRig.USER, PathRig.DATABASE);

            client.expect('R');
            var error = client.expectError(code).fields();
            assertThat(error).containsEntry('M', message);
            assertThat(error.get('D')).contains("server blue");
            client.expectClosed();
        }
    }

    @Test
    void aServerThatCannotBeReachedIsToldPromptly() {
        var server = ScriptedServer.listening(_ -> {});
        server.close();
        // given: whoever waited for the next attempt would wait for longer than this test does
        try (var rig = new PathRig(server.port(), TRANSACTION, "limits: {server_login_retry: 1h}");
                var client = rig.connect()) {
            client.startUp(PathRig.USER, PathRig.DATABASE);

            client.expect('R');
            client.expectError("57P03");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3})
    void aMessageOfAnAbsurdLengthEndsItsConnectionAlone(int length) {
        try (var server = ScriptedServer.listening(PathRig::answer);
                var rig = new PathRig(server.port(), TRANSACTION);
                var other = rig.logIn();
                var client = rig.logIn()) {
            client.send(Bytes.empty().int8('Q').int32(length).toArray());

            client.expectError("08P01");
            client.expectClosed();
            assertThat(other.run("select 1")).hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 'R', '{', 0xff})
    void aMessageOfAnUnknownTypeEndsItsConnectionAlone(int type) {
        try (var server = ScriptedServer.listening(PathRig::answer);
                var rig = new PathRig(server.port(), TRANSACTION);
                var other = rig.logIn();
                var client = rig.logIn()) {
            client.send(Bytes.empty().int8(type).int32(4).toArray());

            client.expectError("08P01");
            client.expectClosed();
            assertThat(other.run("select 1")).hasSize(4);
        }
    }

    @Test
    void twoHundredClientsShareFiveServerConnections() throws Exception {
        try (var server = ScriptedServer.listening(PathRig::answer);
                var rig = new PathRig(server.port(), TRANSACTION);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var clients = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 200; i++) {
                clients.add(
                        threads.submit(
                                () -> {
                                    int answers = 0;
                                    try (var client = rig.logIn()) {
                                        for (int j = 0; j < 5; j++) {
                                            answers += client.run("select " + j).size();
                                        }
                                    }
                                    return answers;
                                }));
            }
            for (var client : clients) {
                assertThat(client.get()).isEqualTo(5 * 4);
            }
            assertThat(rig.path().pools().pids(PathRig.DATABASE, "blue")).hasSizeBetween(1, 5);
            await().until(() -> rig.path().sessions().count() == 0);
            assertThat(rig.path().gates().of(PathRig.DATABASE).counts().inside()).isZero();
        }
    }

    @Test
    void aNotificationReachesAnIdleSession() {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expectQuery("listen c");
                                    conversation.sendDone("LISTEN", 'I');
                                    conversation.send(
                                            'A', Bytes.empty().int32(7).string("c").string("p"));
                                });
                var rig = new PathRig(server.port(), SESSION)) {
            var client = rig.logIn();
            client.run("listen c");

            assertThat(client.expect('A').strings(4)).containsExactly("c", "p");
            client.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TRANSACTION, SESSION})
    void aFunctionCallIsAnswered(String pool) {
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.letIn();
                                    conversation.expect('F');
                                    conversation.send('V', Bytes.empty().int32(-1));
                                    conversation.sendReady('I');
                                });
                var rig = new PathRig(server.port(), pool);
                var client = rig.logIn()) {
            client.send('F', Bytes.empty().int32(1).int16(0).int16(0).int16(0));

            client.expect('V');
            client.expectReady('I');
        }
    }
}
