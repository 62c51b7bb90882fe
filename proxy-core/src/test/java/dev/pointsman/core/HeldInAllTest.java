package dev.pointsman.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Gate;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Clients that go on sending while they are held.
class HeldInAllTest {
    private static final int CLIENTS = 20;
    private static final int CALLS = 400;

    /// A function call: nobody looks into it.
    private static final byte[] CALL =
            Bytes.empty().int8('F').int32(8_004).raw(new byte[8_000]).toArray();

    private static final long IN_ALL = 512 << 10;

    /// What one read may bring beyond the bound.
    private static final long BURST = 64 << 10;

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void beyondTheBoundInAllNobodyIsReadAndNobodyFails(String mode) throws Exception {
        try (var server = ScriptedServer.listening(HeldInAllTest::answerCalls);
                var rig =
                        new PathRig(
                                server.port(),
                                "{mode: " + mode + ", size: 20}",
                                "limits: {held_bytes_total: 512KiB, held_bytes_per_client: 64MiB}");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Gate gate = rig.path().gates().of(PathRig.DATABASE);
            var clients = new ArrayList<ScriptedClient>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(rig.logIn());
            }
            var hold = gate.close(new Closer.Pause("operator"));
            assertThat(hold.awaitClosed(Duration.ofSeconds(20))).isTrue();
            long before = memory();
            // when: each sends 3 MB and waits for nothing
            var senders = new ArrayList<Future<?>>();
            for (var client : clients) {
                senders.add(threads.submit(() -> send(client)));
            }
            // then
            await().until(
                            () ->
                                    gate.counts().waiting() == CLIENTS
                                            && gate.counts().heldBytes() >= IN_ALL);
            await().during(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> gate.counts().heldBytes() < IN_ALL + CLIENTS * BURST);
            assertThat(memory() - before).isLessThan(IN_ALL + 16 * CLIENTS * BURST);
            // when
            hold.open();
            // then
            var readers = new ArrayList<Future<Integer>>();
            for (var client : clients) {
                readers.add(threads.submit(() -> answers(client)));
            }
            for (var reader : readers) {
                assertThat(reader.get()).isEqualTo(CALLS);
            }
            for (var sender : senders) {
                sender.get();
            }
            await().until(() -> gate.counts().heldBytes() == 0);
            clients.forEach(ScriptedClient::close);
        }
    }

    private static void send(ScriptedClient client) {
        for (int i = 0; i < CALLS; i++) {
            client.send(CALL);
        }
    }

    private static void answerCalls(ScriptedServer.Conversation talk) {
        talk.untilTheyGo(
                () -> {
                    talk.letIn();
                    while (talk.receive().type() == 'F') {
                        talk.send('V', Bytes.empty().int32(-1));
                        talk.sendReady('I');
                    }
                });
    }

    private static int answers(ScriptedClient client) {
        int answers = 0;
        for (int i = 0; i < CALLS; i++) {
            for (var message : client.expectUpTo('Z')) {
                answers += message.type() == 'V' ? 1 : 0;
            }
        }
        return answers;
    }

    private static long memory() {
        var metric = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
        return metric.usedDirectMemory() + metric.usedHeapMemory();
    }
}
