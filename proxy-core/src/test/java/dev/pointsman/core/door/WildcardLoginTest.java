package dev.pointsman.core.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.PathRig;
import dev.pointsman.core.peer.ScriptedServer;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/// Logins to names that the configuration does not have, where it has a wildcard. Who makes the
/// databases ready is played.
class WildcardLoginTest {
    private static final String POOL = "{mode: transaction, size: 2}";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Optional<ErrorReport>> answer = new CompletableFuture<>();

    private PathRig rig(ScriptedServer server, String... more) {
        var wildcard =
                "  \"*\": {control: {user: postgres}, servers: {main: {host: 127.0.0.1, port: %d, sslmode: disable}}}"
                        .formatted(server.port());
        var lines = wildcard + "\n" + String.join("\n", more);
        var rig = new PathRig(server.port(), POOL, lines);
        rig.opener(
                name -> {
                    asked.add(name);
                    return answer;
                });
        return rig;
    }

    @Test
    void aLoginWaitsUntilItsDatabaseIsThere() {
        var databases = new CopyOnWriteArrayList<String>();
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    databases.add(conversation.letIn().get("database"));
                                    PathRig.answerUntilGone(conversation);
                                });
                var rig = rig(server);
                var client = rig.connect()) {
            // given
            client.startUp(PathRig.USER, "ledger");
            await().until(() -> asked.contains("ledger"));
            assertThat(databases).isEmpty();

            // when
            rig.open("ledger");
            answer.complete(Optional.empty());

            // then
            client.expectUpTo('Z');
            assertThat(client.run("select 1")).hasSize(4);
            assertThat(databases).containsOnly("ledger");

            // when: the next one finds it there
            try (var next = rig.connect()) {
                next.logIn(PathRig.USER, "ledger");
            }

            // then
            assertThat(asked).containsExactly("ledger");
        }
    }

    @Test
    void aNameThatLeadsNowhereIsRefusedOnceTheClientHasProvedWhoItIs() {
        try (var server = ScriptedServer.listening(PathRig::answer);
                var rig = rig(server);
                var client = rig.connect()) {
            // when
            answer.complete(Optional.of(missing()));
            client.startUp(PathRig.USER, "nowhere");

            // then
            client.expect('R');
            client.expectError("3D000");
            client.expectClosed();
            assertThat(rig.sessions().snapshot()).isEmpty();
        }
    }

    @Test
    void nobodyIsAskedForAConfiguredNameOrForOneWhoseUserIsUnknown() {
        try (var server = ScriptedServer.listening(PathRig::answer);
                var rig = rig(server);
                var client = rig.connect();
                var _ = rig.logIn()) {
            // when
            client.startUp("nobody", "ledger");

            // then
            client.expectError("28P01");
            assertThat(asked).isEmpty();
        }
    }

    /// A server is asked about a client before it has proved anything, for which there has to be a
    /// database; whether there is one is not told.
    @Test
    void whoHasProvedNothingIsNotToldWhichDatabasesThereAre() {
        try (var server = ScriptedServer.listening(PathRig::answer);
                var rig = rig(server, "auth: {type: query}");
                var client = rig.connect()) {
            // when
            answer.complete(Optional.of(missing()));
            client.startUp(PathRig.USER, "nowhere");

            // then: a proof is asked for as of anybody
            assertThat(client.expect('R').body()[3]).isEqualTo((byte) 10);
            assertThat(asked).containsExactly("nowhere");
        }
    }

    @Test
    void whatElseIsInTheWayIsToldBeforeTheServerIsAsked() {
        try (var server = ScriptedServer.listening(PathRig::answer);
                var rig = rig(server, "auth: {type: query}");
                var client = rig.connect()) {
            // when
            answer.complete(Optional.of(ErrorReport.fatal(SqlState.CANNOT_CONNECT_NOW, "not now")));
            client.startUp(PathRig.USER, "ledger");

            // then
            client.expectError("57P03");
            client.expectClosed();
        }
    }

    @Test
    void aLoginThatTakesTooLongIsEndedWhileItWaits() {
        try (var server = ScriptedServer.listening(PathRig::answer);
                var rig = rig(server, "limits: {client_login_timeout: 200ms}");
                var client = rig.connect()) {
            // when
            client.startUp(PathRig.USER, "ledger");

            // then
            client.expect('R');
            client.expect('E');
            client.expectClosed();
            await().until(() -> asked.contains("ledger"));
        }
    }

    private static ErrorReport missing() {
        return ErrorReport.fatal(SqlState.INVALID_CATALOG_NAME, "database does not exist");
    }
}
