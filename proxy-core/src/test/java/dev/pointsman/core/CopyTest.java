package dev.pointsman.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.fuzz.Mutator;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.Peer;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Megabytes of COPY, cut into bursts that respect no message.
class CopyTest {
    private static final int BYTES = 6 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void whatIsCopiedInArrivesWholeHoweverItIsCut(String mode) throws Exception {
        long seed = Mutator.seed(CopyTest.class);
        var received = new CompletableFuture<byte[]>();
        try (var server =
                        ScriptedServer.listening(
                                talk -> {
                                    talk.letIn();
                                    talk.expectQuery("copy t from stdin");
                                    talk.send('G', Bytes.empty().int8(0).int16(0));
                                    received.complete(digestOfRows(talk));
                                    talk.sendDone("COPY 1", 'I');
                                    talk.expectQuery("select 1");
                                    talk.sendRows("1");
                                });
                var rig = new PathRig(server.port(), "{mode: " + mode + ", size: 1}");
                var client = rig.logIn()) {
            var random = new Random(seed);
            var rows = rows(random);
            client.query("copy t from stdin");
            client.expect('G');

            // when
            inBursts(client, random, rows);
            client.send('c', Bytes.empty());

            // then
            client.expect('C');
            client.expectReady('I');
            assertThat(received.get(120, TimeUnit.SECONDS)).isEqualTo(digest(rows));
            assertThat(client.run("select 1")).hasSize(4);
            server.awaitScripts();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void whatIsCopiedOutArrivesWholeHoweverItIsCut(String mode) throws Exception {
        long seed = Mutator.seed(CopyTest.class);
        var rows = rows(new Random(seed));
        try (var server =
                        ScriptedServer.listening(
                                talk -> {
                                    talk.letIn();
                                    talk.expectQuery("copy t to stdout");
                                    talk.send('H', Bytes.empty().int8(0).int16(0));
                                    inBursts(talk, new Random(seed), rows);
                                    talk.send('c', Bytes.empty());
                                    talk.sendDone("COPY 1", 'I');
                                    talk.expectQuery("select 1");
                                    talk.sendRows("1");
                                });
                var rig = new PathRig(server.port(), "{mode: " + mode + ", size: 1}");
                var client = rig.logIn()) {
            // when
            client.query("copy t to stdout");
            client.expect('H');

            // then
            assertThat(digestOfRows(client)).isEqualTo(digest(rows));
            client.expect('C');
            client.expectReady('I');
            assertThat(client.run("select 1")).hasSize(4);
            server.awaitScripts();
        }
    }

    /// CopyData messages, from empty ones to one of more than a megabyte.
    private static byte[] rows(Random random) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(row(random, 1_200_000));
        while (all.size() < BYTES) {
            all.writeBytes(row(random, random.nextInt(random.nextInt(20) == 0 ? 100_000 : 300)));
        }
        return all.toByteArray();
    }

    private static byte[] row(Random random, int length) {
        var data = new byte[length];
        random.nextBytes(data);
        return Bytes.empty().int8('d').int32(length + Integer.BYTES).raw(data).toArray();
    }

    private static void inBursts(Peer peer, Random random, byte[] bytes) {
        for (int from = 0; from < bytes.length; ) {
            int most = random.nextInt(10) == 0 ? 60_000 : 3_000;
            int length = Math.min(bytes.length - from, 1 + random.nextInt(most));
            var burst = new byte[length];
            System.arraycopy(bytes, from, burst, 0, length);
            peer.send(burst);
            from += length;
        }
    }

    /// Of all CopyData messages up to CopyDone, their heads included.
    private static byte[] digestOfRows(Peer peer) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        for (Message row = peer.receive(); row.type() != 'c'; row = peer.receive()) {
            assertThat(row.type()).isEqualTo('d');
            digest.update(
                    Bytes.empty().int8('d').int32(row.body().length + Integer.BYTES).toArray());
            digest.update(row.body());
        }
        return digest.digest();
    }

    private static byte[] digest(byte[] rows) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(rows);
    }
}
