package dev.pointsman.core.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.PathRig;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.CancelStage;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.Papers;
import dev.pointsman.core.session.SessionState;

import io.netty.pkitesting.CertificateBuilder.Algorithm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// Cancel requests from the port that they come to, to the server.
class CancelPathTest {
    private static final String TRANSACTION = "{mode: transaction, size: 1}";
    private static final int VERSION_3_2 = 3 << 16 | 2;
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir Path folder;

    @Test
    void aLongKeyIsObeyedAsAWholeOnly() {
        try (var stage = new CancelStage();
                var rig = new PathRig(stage.port(), TRANSACTION);
                var client = rig.connect()) {
            // given
            client.send(
                    Bytes.empty()
                            .int32(VERSION_3_2)
                            .string("user")
                            .string(PathRig.USER)
                            .string("database")
                            .string(PathRig.DATABASE)
                            .int8(0)
                            .asPacket());
            var key = key(client.expectUpTo('Z'));
            byte[] secret = secret(key);
            assertThat(secret).hasSize(32);
            client.query("slow 1");
            stage.awaitRunning("slow 1");
            byte[] lastWrong = secret.clone();
            lastWrong[31] ^= 1;
            byte[] firstWrong = secret.clone();
            firstWrong[0] ^= 1;

            // when
            for (byte[] wrong :
                    List.of(
                            lastWrong,
                            firstWrong,
                            Arrays.copyOf(secret, 4),
                            Arrays.copyOf(secret, 31),
                            Arrays.copyOf(secret, 33),
                            Arrays.copyOf(secret, 256))) {
                cancel(rig, key.int32(0), wrong);
            }

            // then
            assertThat(stage.log()).containsExactly("1: slow 1");
            cancel(rig, key.int32(0), secret);
            assertThat(stage.log()).startsWith("1: slow 1", "cancel 1");
            stage.endCancelled("slow 1");
            client.expectError("57014");
            client.expectReady('I');
        }
    }

    @Test
    void aSecretLongerThanAnyIsRefusedLikeAnyOtherBadPacket() {
        try (var stage = new CancelStage();
                var rig = new PathRig(stage.port(), TRANSACTION);
                var client = rig.connect()) {
            client.cancel(1, new byte[257]);

            client.expectError("08P01");
            client.expectClosed();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void oneComesThroughWhenEveryPlaceIsTaken(String mode) {
        try (var stage = new CancelStage();
                var rig =
                        new PathRig(
                                stage.port(),
                                "{mode: " + mode + ", size: 1}",
                                "limits: {max_client_conn: 2, max_db_connections: 1}");
                var running = rig.connect();
                var waiting = rig.connect()) {
            // given: no server connection is free, and no client may come
            var key = key(running.logIn(PathRig.USER, PathRig.DATABASE));
            waiting.logIn(PathRig.USER, PathRig.DATABASE);
            running.query("slow 1");
            stage.awaitRunning("slow 1");
            waiting.query("select 2");
            await().atMost(LONG)
                    .until(() -> rig.sessions().count(PathRig.DATABASE, SessionState.WAITING) == 1);
            try (var third = rig.connect()) {
                third.startUp(PathRig.USER, PathRig.DATABASE);
                third.expectError("53300");
            }

            // when
            cancel(rig, key.int32(0), secret(key));

            // then
            int connection = stage.connectionOf("slow 1");
            assertThat(stage.log()).contains("cancel " + connection);
            stage.endCancelled("slow 1");
            running.expectError("57014");
            running.expectReady('I');
            running.terminate();
            waiting.expectUpTo('Z');
        }
    }

    @Test
    void oneUnderTlsIsObeyed() throws Exception {
        var papers = new Papers(folder);
        papers.server("server", Algorithm.ecp256);
        try (var stage = new CancelStage();
                var rig =
                        new PathRig(
                                stage.port(),
                                TRANSACTION,
                                papers.listen("require", "server", "plain_cancel: off"));
                var client = rig.connect().askAndEncrypt(papers.trusting());
                var other = rig.connect().askAndEncrypt(papers.trusting())) {
            var key = key(client.logIn(PathRig.USER, PathRig.DATABASE));
            client.query("slow 1");
            stage.awaitRunning("slow 1");

            // when
            cancel(rig, key.int32(0), secret(key));
            assertThat(stage.log()).as("in plain").containsExactly("1: slow 1");
            other.cancel(key.int32(0), secret(key));
            other.expectClosed();

            // then
            assertThat(stage.log()).contains("cancel 1");
            stage.endCancelled("slow 1");
            client.expectError("57014");
            client.expectReady('I');
        }
    }

    /// It is no login: what bounds it is `cancel_wait_timeout`, and there is never an answer.
    @Test
    void oneThatWaitsForTheServerIsNotCutOffAsALoginWouldBe() {
        try (var stage = new CancelStage();
                var rig =
                        new PathRig(
                                stage.port(),
                                TRANSACTION,
                                "limits: {client_login_timeout: 4s, cancel_wait_timeout: 10m}");
                var client = rig.connect()) {
            var key = key(client.logIn(PathRig.USER, PathRig.DATABASE));
            client.query("slow 1");
            stage.awaitRunning("slow 1");
            stage.keepCancels();

            // when
            try (var other = rig.connect()) {
                other.cancel(key.int32(0), secret(key));
                stage.awaitCancel();
                try (var dripping = rig.connect()) {
                    // Whoever came later and is a login has been cut off by now.
                    dripping.expectError("08P01");
                }

                // then
                stage.endCancels();
                other.expectClosed();
            }
            stage.end("slow 1");
            client.expectUpTo('Z');
        }
    }

    private static void cancel(PathRig rig, int pid, byte[] secret) {
        try (var other = rig.connect()) {
            other.cancel(pid, secret);
            other.expectClosed();
        }
    }

    private static Message key(List<Message> login) {
        return login.stream().filter(one -> one.type() == 'K').findFirst().orElseThrow();
    }

    private static byte[] secret(Message key) {
        return Arrays.copyOfRange(key.body(), Integer.BYTES, key.body().length);
    }
}
