package dev.pointsman.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.cluster.local.LocalSockets;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// Clients on the other end of a Unix-domain socket.
class LocalClientsTest {
    private static final String POOL = "{mode: transaction, size: 2}";

    @TempDir Path folder;

    private String listen() {
        return "listen: {host: 127.0.0.1, port: 0, unix_socket_dir: %s}".formatted(folder);
    }

    private ScriptedClient connect(PathRig rig) throws IOException {
        var file = folder.resolve(".s.PGSQL." + rig.port());
        return ScriptedClient.over(new LocalSockets(file.toString()).createSocket());
    }

    private static ScriptedServer server() {
        return ScriptedServer.listening(PathRig::answer);
    }

    @Test
    void aClientIsServedAndShownAsLocal() throws Exception {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, listen());
                var client = connect(rig)) {
            // when
            client.logIn(PathRig.USER, PathRig.DATABASE);

            // then
            assertThat(client.run("select 1")).hasSize(4);
            var row = rig.path().sessions().snapshot().getFirst();
            assertThat(Ends.isLocal(row.clientAddress())).isTrue();
            assertThat(Ends.port(row.clientAddress())).isEqualTo(rig.port());
            assertThat(Ends.port(row.localAddress())).isEqualTo(rig.port());
        }
    }

    @Test
    void encryptionIsRefusedAndNotNeeded() throws Exception {
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, listen());
                var client = connect(rig)) {
            assertThat(client.askForTls()).isEqualTo('N');
            client.logIn(PathRig.USER, PathRig.DATABASE);
            assertThat(client.run("select 1")).hasSize(4);
        }
    }

    @Test
    void aRuleCanSpeakOfLocalClientsAlone() throws Exception {
        var rules = "auth: {type: trust, rules: [{address: local}]}";
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, listen(), rules);
                var near = connect(rig);
                var far = rig.connect()) {
            near.logIn(PathRig.USER, PathRig.DATABASE);
            assertThat(near.run("select 1")).hasSize(4);

            far.startUp(PathRig.USER, PathRig.DATABASE);
            far.expectError("28000");
        }
    }

    @Test
    void aRuleForAllAddressesDoesNotSpeakOfLocalClients() throws Exception {
        var rules = "auth: {type: trust, rules: [{address: [0.0.0.0/0, '::/0']}]}";
        try (var server = server();
                var rig = new PathRig(server.port(), POOL, listen(), rules);
                var near = connect(rig)) {
            near.startUp(PathRig.USER, PathRig.DATABASE);

            assertThat(near.expectError("28000").fields().get('M')).contains("[local]");
        }
    }

    @Test
    void theFileGoesWithTheProxyAndASecondOneDoesNotTakeIt() throws Exception {
        try (var server = server()) {
            Path file;
            try (var rig = new PathRig(server.port(), POOL, listen())) {
                file = folder.resolve(".s.PGSQL." + rig.port());
                assertThat(file).exists();
                var again =
                        "listen: {host: 127.0.0.2, port: %d, unix_socket_dir: %s}"
                                .formatted(rig.port(), folder);
                assertThatThrownBy(() -> new PathRig(server.port(), POOL, again))
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining(file.toString())
                        .hasMessageContaining("another process listens there");
            }
            assertThat(file).doesNotExist();
        }
    }
}
