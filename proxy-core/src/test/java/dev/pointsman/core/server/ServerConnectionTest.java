package dev.pointsman.core.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.tls.PeerTls;
import dev.pointsman.core.config.tls.ServerTls;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.ScriptedServer;
import dev.pointsman.core.server.login.Dial;
import dev.pointsman.core.server.login.ServerLogin;
import dev.pointsman.core.server.login.ServerRefused;
import dev.pointsman.core.wire.TransactionStatus;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

class ServerConnectionTest {
    private static final MultiThreadIoEventLoopGroup LOOPS =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private static final EventLoop LOOP = LOOPS.next();

    @AfterAll
    static void stopLoops() {
        LOOPS.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aLoginLeavesParametersAndProcessId() throws Exception {
        var stay = new CountDownLatch(1);
        try (var server =
                ScriptedServer.listening(
                        conversation -> {
                            var asked = conversation.letIn();
                            assertThat(asked)
                                    .containsEntry("user", "app")
                                    .containsEntry("database", "shop")
                                    .containsEntry("search_path", "a");
                            conversation.until(stay);
                        })) {
            ServerConnection connection =
                    connect(server, new Secret.Absent(), Duration.ofSeconds(20)).get();

            assertThat(connection.pid()).isOne();
            assertThat(connection.parameters().get("server_version")).isEqualTo("18.6");
            assertThat(onLoop(connection::healthy)).isTrue();
            stay.countDown();
            await().until(() -> !onLoop(connection::healthy));
            server.awaitScripts();
        }
    }

    @Test
    void anAddressThatCannotBeReachedIsFollowedByTheNext() throws Exception {
        var stay = new CountDownLatch(1);
        try (var server =
                ScriptedServer.listening(
                        conversation -> {
                            conversation.letIn();
                            conversation.until(stay);
                        })) {
            // given a list whose first address nobody listens on
            var hosts = "127.0.0.77,127.0.0.1";

            var connection =
                    connect(hosts, server, new Secret.Absent(), Duration.ofSeconds(20)).get();

            assertThat(connection.login().where()).contains("(127.0.0.1:");
            stay.countDown();
            server.awaitScripts();
        }
    }

    @Test
    void anAddressWhoseServerIsStartingIsFollowedByTheNext() {
        try (var server =
                ScriptedServer.listening(
                        conversation -> {
                            conversation.expectStartUp();
                            conversation.sendFatal("57P03", "the database system is starting up");
                        })) {
            var refused =
                    connect(
                            "127.0.0.1,127.0.0.77",
                            server,
                            new Secret.Absent(),
                            Duration.ofSeconds(20));

            // both addresses are in the error
            assertThat(refused.awaitUninterruptibly().cause())
                    .isInstanceOfSatisfying(
                            ServerRefused.class,
                            why -> {
                                assertThat(why.report().message()).contains("127.0.0.77");
                                assertThat(why.report().detail()).contains("starting up");
                            });
        }
    }

    @Test
    void aRefusedLoginIsTriedAtNoOtherAddress() {
        try (var server =
                ScriptedServer.listening(
                        conversation -> {
                            conversation.expectStartUp();
                            conversation.sendFatal("28P01", "wrong password");
                        })) {
            var refused =
                    connect(
                            "127.0.0.1,127.0.0.77",
                            server,
                            new Secret.Absent(),
                            Duration.ofSeconds(20));

            assertThat(refused.awaitUninterruptibly().cause()).hasMessage("wrong password");
        }
    }

    @Test
    void anMd5DemandIsAnsweredFromThePassword() throws Exception {
        try (var server =
                ScriptedServer.listening(
                        conversation -> {
                            conversation.expectStartUp();
                            conversation.sendAuthentication(5, new byte[] {1, 2, 3, 4});
                            assertThat(conversation.expect('p').text()).matches("md5[0-9a-f]{32}");
                            conversation.sendAuthenticationOk();
                            conversation.sendKey(1, 2);
                            conversation.sendReady('I');
                        })) {
            connect(server, new Secret.Clear("secret"), Duration.ofSeconds(20)).get();

            server.awaitScripts();
        }
    }

    @Test
    void whatTheServerSaysAgainstALoginIsInTheError() {
        try (var server =
                ScriptedServer.listening(
                        conversation -> {
                            conversation.expectStartUp();
                            conversation.sendFatal("53300", "sorry, too many clients already");
                        })) {
            var refused = refusal(server, new Secret.Absent(), Duration.ofSeconds(20));

            assertThat(refused.report().sqlState().code()).isEqualTo("53300");
            assertThat(refused.report().message()).isEqualTo("sorry, too many clients already");
            assertThat(refused.report().detail()).contains("blue", "127.0.0.1:" + server.port());
        }
    }

    @Test
    void aDemandThatNothingConfiguredCanAnswerIsNamed() {
        try (var server =
                ScriptedServer.listening(
                        conversation -> {
                            conversation.expectStartUp();
                            conversation.sendAuthentication(
                                    10, Bytes.empty().string("SCRAM-SHA-256").int8(0).toArray());
                        })) {
            var refused = refusal(server, new Secret.Absent(), Duration.ofSeconds(20));

            assertThat(refused.report().message()).contains("SCRAM-SHA-256");
            assertThat(refused.report().hint()).contains("password");
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsGivenUp() {
        var over = new CountDownLatch(1);
        try (var server =
                ScriptedServer.listening(
                        conversation -> {
                            conversation.expectStartUp();
                            conversation.until(over);
                        })) {
            var refused = refusal(server, new Secret.Absent(), Duration.ofMillis(100));

            assertThat(refused.report().message()).contains("did not answer in time");
            over.countDown();
        }
    }

    @Test
    void aPortWithoutAServerIsUnreachable() {
        var server = ScriptedServer.listening(conversation -> {});
        server.close();

        var refused = refusal(server, new Secret.Absent(), Duration.ofSeconds(20));

        assertThat(refused.report().message()).contains("cannot connect to server blue");
        assertThat(refused.byServer()).isFalse();
    }

    @Test
    void anIdleConnectionTakesNoticesAndParametersAndNothingElse() throws Exception {
        var goOn = new CountDownLatch(1);
        try (var server =
                ScriptedServer.listening(
                        conversation -> {
                            conversation.letIn();
                            conversation.sendNotice("hello");
                            conversation.sendParameter("TimeZone", "UTC");
                            conversation.until(goOn);
                            conversation.sendReady('I');
                            conversation.expect('X');
                        })) {
            ServerConnection connection =
                    connect(server, new Secret.Absent(), Duration.ofSeconds(20)).get();
            await().until(
                            () ->
                                    "UTC"
                                            .equals(
                                                    onLoop(
                                                            () ->
                                                                    connection
                                                                            .parameters()
                                                                            .get("TimeZone"))));
            assertThat(onLoop(connection::healthy)).isTrue();

            goOn.countDown();

            await().until(() -> !onLoop(connection::healthy));
            server.awaitScripts();
        }
    }

    @Test
    void afterACancelTheConnectionIsUsedAgainOnlyBehindAnEmptyQuery() throws Exception {
        var closeCancel = new CountDownLatch(1);
        try (var server =
                ScriptedServer.listening(
                        conversation -> {
                            if (conversation.number() == 2) {
                                conversation.expectPacket();
                                conversation.until(closeCancel);
                                return;
                            }
                            conversation.letIn();
                            conversation.expectQuery("");
                            assertThat(closeCancel.getCount()).isZero();
                            conversation.sendError("57014", "canceling statement");
                            conversation.sendReady('I');
                            conversation.expectQuery("DISCARD ALL");
                            conversation.sendDone("DISCARD ALL", 'I');
                        })) {
            ServerConnection connection =
                    connect(server, new Secret.Absent(), Duration.ofSeconds(20)).get();
            onLoop(connection::cancel);
            onLoop(
                    () -> {
                        connection.markDirty();
                        return true;
                    });
            assertThat(onLoop(connection::needsReset)).isTrue();

            Future<Boolean> reset = onLoop(connection::reset);
            await().until(() -> server.accepted() == 2);
            assertThat(reset.isDone()).isFalse();
            closeCancel.countDown();

            assertThat(reset.get()).isTrue();
            assertThat(onLoop(connection::needsReset)).isFalse();
            server.awaitScripts();
        }
    }

    @Test
    void anAnswerHasAllRowsAndErrors() throws Exception {
        try (var server =
                ScriptedServer.listening(
                        conversation -> {
                            conversation.letIn();
                            conversation.expectQuery("select 1; select 1/0");
                            conversation.sendRowDescription();
                            conversation.sendRow("1");
                            conversation.send('D', Bytes.empty().int16(1).int32(-1));
                            conversation.sendComplete("SELECT 2");
                            conversation.sendError("22012", "division by zero");
                            conversation.sendReady('E');
                        })) {
            ServerConnection connection =
                    connect(server, new Secret.Absent(), Duration.ofSeconds(20)).get();

            Answer answer = onLoop(() -> connection.ask("select 1; select 1/0")).get();

            assertThat(answer.rows()).hasSize(2);
            assertThat(answer.rows().getFirst()).containsExactly("1");
            assertThat(answer.rows().getLast().getFirst()).isNull();
            assertThat(answer.status()).isEqualTo(TransactionStatus.FAILED);
            assertThat(answer.firstError().orElseThrow().sqlState()).isEqualTo("22012");
        }
    }

    private static ServerRefused refusal(ScriptedServer server, Secret secret, Duration limit) {
        var future = connect(server, secret, limit);
        assertThatThrownBy(future::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ServerRefused.class);
        return (ServerRefused) future.cause();
    }

    private static Future<ServerConnection> connect(
            ScriptedServer server, Secret secret, Duration limit) {
        return connect("127.0.0.1", server, secret, limit);
    }

    private static Future<ServerConnection> connect(
            String host, ScriptedServer server, Secret secret, Duration limit) {
        var where =
                new Server(
                        "blue",
                        host,
                        server.port(),
                        "shop",
                        ServerTls.of(SslMode.DISABLE),
                        new Server.Control("postgres", new Secret.Absent(), "postgres"),
                        Map.of(),
                        new Server.Peer("127.0.0.1", server.port(), PeerTls.of(SslMode.DISABLE)));
        return ServerConnection.connect(
                new ServerLogin(where, "app", secret, Map.of("search_path", "a")),
                LOOP,
                new Dial(NioSocketChannel::new, limit));
    }

    private static <T> T onLoop(Callable<T> question) throws Exception {
        return LOOP.submit(question).get();
    }
}
