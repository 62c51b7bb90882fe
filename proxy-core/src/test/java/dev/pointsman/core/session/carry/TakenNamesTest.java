package dev.pointsman.core.session.carry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.tls.PeerTls;
import dev.pointsman.core.config.tls.ServerTls;
import dev.pointsman.core.peer.ScriptedServer;
import dev.pointsman.core.peer.ScriptedServer.Script;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.Dial;
import dev.pointsman.core.server.login.ServerLogin;
import dev.pointsman.core.session.carry.Carried.Prepared;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// State that is written to a connection where a statement's name is taken, without anybody having
/// known.
class TakenNamesTest {
    private static final MultiThreadIoEventLoopGroup LOOPS =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private static final EventLoop LOOP = LOOPS.next();
    private static final String PREPARE = "prepare s as select 1";
    private static final String TAKEN = "prepared statement \"s\" already exists";

    @AfterAll
    static void stopLoops() {
        LOOPS.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /// A role besides, since statements that fail with one are tried again without it.
    private static final Carried STATE =
            new Carried(
                    "", "other", Map.of(), List.of(new Prepared("s", PREPARE, List.of(), true)));

    private static String written(Script script) throws Exception {
        try (var server =
                ScriptedServer.listening(
                        on -> {
                            on.letIn();
                            script.play(on);
                        })) {
            var connection =
                    ServerConnection.connect(
                                    login(server),
                                    LOOP,
                                    new Dial(NioSocketChannel::new, Duration.ofSeconds(20)))
                            .get();
            var said = onLoop(() -> CarryOver.restore(connection, STATE)).get();
            server.awaitScripts();
            onLoop(
                    () -> {
                        connection.close();
                        return true;
                    });
            return said;
        }
    }

    private static ServerLogin login(ScriptedServer server) {
        var to =
                new Server(
                        "blue",
                        "127.0.0.1",
                        server.port(),
                        "shop",
                        ServerTls.of(SslMode.DISABLE),
                        new Server.Control("postgres", new Secret.Absent(), "postgres"),
                        Map.of(),
                        new Server.Peer("127.0.0.1", server.port(), PeerTls.of(SslMode.DISABLE)));
        return new ServerLogin(to, "app", new Secret.Absent(), Map.of());
    }

    private static <T> T onLoop(Callable<T> work) throws Exception {
        return LOOP.submit(work).get();
    }

    private static void roleAndPrepare(ScriptedServer.Conversation on, boolean taken) {
        on.expectQuery("SET ROLE \"other\"");
        on.sendDone("SET", 'I');
        on.expectQuery(PREPARE);
        if (taken) {
            on.sendError("42P05", TAKEN);
            on.sendReady('I');
        } else {
            on.sendDone("PREPARE", 'I');
        }
    }

    @Test
    void whatHasTheNameIsDiscardedAndAllOfTheStateWrittenAgain() throws Exception {
        var said =
                written(
                        on -> {
                            roleAndPrepare(on, true);
                            on.expectQuery("DISCARD ALL");
                            on.sendDone("DISCARD ALL", 'I');
                            roleAndPrepare(on, false);
                        });
        assertThat(said).isEmpty();
    }

    @Test
    void aNameThatIsTakenEvenThenIsRefusedWithTheServersWords() throws Exception {
        var said =
                written(
                        on -> {
                            roleAndPrepare(on, true);
                            on.expectQuery("DISCARD ALL");
                            on.sendDone("DISCARD ALL", 'I');
                            roleAndPrepare(on, true);
                        });
        assertThat(said).contains("the new server said", TAKEN);
    }

    @Test
    void aConnectionThatDiscardsNothingIsRefused() throws Exception {
        var said =
                written(
                        on -> {
                            roleAndPrepare(on, true);
                            on.expectQuery("DISCARD ALL");
                            on.sendError("57014", "cancelled");
                            on.sendReady('I');
                        });
        assertThat(said).contains("could not be discarded");
    }
}
