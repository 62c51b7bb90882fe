package dev.pointsman.core.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pointsman.core.PathRig;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;

import io.netty.channel.epoll.Epoll;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// Clients that go away while they are held and their sockets are not read, because they had sent
/// all that is kept of one.
class HeldClientGoneTest {
    private static final int KEPT = 64 << 10;

    /// A whole unit of work, which must not be run for somebody who is gone.
    private static final byte[] INSERT =
            Bytes.empty().int8('Q').int32(4 + 7).string("insert").toArray();

    /// A function call: nobody looks into it.
    private static final byte[] CALL =
            Bytes.empty().int8('F').int32(4 + 4_000).raw(new byte[4_000]).toArray();

    private final List<String> ran = new CopyOnWriteArrayList<>();

    private PathRig rig(ScriptedServer server, String mode) {
        return new PathRig(
                server.port(),
                "{mode: " + mode + ", size: 2}",
                "limits: {held_bytes_per_client: 64KiB}");
    }

    @ParameterizedTest
    @CsvSource({"session, FIN", "session, RST", "transaction, FIN", "transaction, RST"})
    void areForgottenWhileTheGateIsClosed(String mode, String end) throws Exception {
        try (var server = ScriptedServer.listening(this::answer);
                var rig = rig(server, mode);
                var socket = new Socket(InetAddress.getLoopbackAddress(), rig.port())) {
            Gate gate = rig.gate();
            assumeTrue(Epoll.isAvailable(), "NIO sees it when it reads");
            // given: held, and not read any more
            var client = ScriptedClient.over(socket);
            client.logIn(PathRig.USER, PathRig.DATABASE);
            client.run("select 1");
            var hold = closed(gate);
            client.send(INSERT);
            for (int sent = 0; sent < KEPT + (32 << 10); sent += CALL.length) {
                client.send(CALL);
            }
            await().until(() -> gate.counts().heldBytes() >= KEPT);
            // when
            socket.setSoLinger(end.equals("RST"), 0);
            client.close();
            // then
            await().until(() -> gate.counts().waiting() == 0);
            assertThat(gate.counts().heldBytes()).isZero();
            // and
            hold.open();
            try (var next = rig.logIn()) {
                next.run("select 2");
            }
            assertThat(ran).contains("select 2").doesNotContain("insert", "call");
        }
    }

    /// What the kernels cannot take up hides the end behind it: the proxy sees it when it comes
    /// there.
    @ParameterizedTest
    @CsvSource({"session, 1_200_000", "session, 9_000_000", "transaction, 1_200_000"})
    void leaveNothingInsideHoweverMuchTheyHadSent(String mode, String size) throws Exception {
        try (var server = ScriptedServer.listening(this::answer);
                var rig = rig(server, mode);
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                var socket = new Socket(InetAddress.getLoopbackAddress(), rig.port())) {
            Gate gate = rig.gate();
            // given
            var client = ScriptedClient.over(socket);
            client.logIn(PathRig.USER, PathRig.DATABASE);
            var hold = closed(gate);
            client.send(INSERT);
            var sender =
                    threads.submit(() -> sendMost(socket, Integer.parseInt(size.replace("_", ""))));
            await().until(() -> gate.counts().heldBytes() >= KEPT);
            // when
            await().during(Duration.ofMillis(200)).until(() -> gate.counts().waiting() == 1);
            client.close();
            sender.get();
            hold.open();
            // then
            await().until(() -> rig.sessions().count() == 0 && gate.counts().inside() == 0);
            assertThat(closed(gate).awaitDrained(Duration.ofSeconds(20))).isTrue();
        }
    }

    private static Hold closed(Gate gate) throws InterruptedException {
        var hold = gate.close(new Closer.Pause("operator"));
        assertThat(hold.awaitClosed(Duration.ofSeconds(20))).isTrue();
        return hold;
    }

    /// A message of which the last byte is missing; its sender is closed when nobody reads it.
    private static void sendMost(Socket socket, int size) {
        var message = Bytes.empty().int8('F').int32(4 + size + 1).raw(new byte[size]).toArray();
        try {
            socket.getOutputStream().write(message);
        } catch (IOException _) {
            // closed amid it
        }
    }

    private void answer(ScriptedServer.Conversation talk) {
        talk.untilTheyGo(
                () -> {
                    talk.letIn();
                    while (true) {
                        Message asked = talk.receive();
                        ran.add(asked.type() == 'Q' ? asked.text() : "call");
                        if (asked.type() == 'F') {
                            talk.send('V', Bytes.empty().int32(-1));
                            talk.sendReady('I');
                        } else {
                            talk.sendRows("1");
                        }
                    }
                });
    }
}
