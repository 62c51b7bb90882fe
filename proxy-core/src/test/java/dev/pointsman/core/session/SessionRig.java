package dev.pointsman.core.session;

import dev.pointsman.core.config.Admin;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.config.Database.PoolSettings;
import dev.pointsman.core.config.Http;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.config.Listen;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.tls.PeerTls;
import dev.pointsman.core.config.tls.PortTls;
import dev.pointsman.core.config.tls.ServerTls;
import dev.pointsman.core.gate.Gate;
import dev.pointsman.core.gate.Gates;
import dev.pointsman.core.gate.HeldBytes;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Route;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.Dial;
import dev.pointsman.core.server.login.ServerLogin;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.session.clock.Sweep;
import dev.pointsman.core.session.pin.Watch;
import dev.pointsman.core.session.prepared.SharedStatements;
import dev.pointsman.core.session.relay.Exit;
import dev.pointsman.core.tls.TlsToServer;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.CancelKey;
import dev.pointsman.core.wire.message.LoginReplies;
import dev.pointsman.core.wire.message.Replies;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Sessions on a real event loop, with a real gate and pool, between sockets: everything but the
/// login of clients, who are let in as they come.
public final class SessionRig implements AutoCloseable {
    public static final String DATABASE = "shop";

    private final MultiThreadIoEventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = loops.next();
    private final Meter meter = new Meter("test");
    private final MockTicker clock = Ticker.newMockTicker();
    private final SessionRegistry registry = new SessionRegistry(() -> false, clock);
    private final Sweep sweep;
    private final Routes routes = new Routes();
    private final Gates gates = new Gates(List.of(loop));
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private final Database database;
    private final Gate gate;
    private final Pools pools;
    private final Channel listener;
    private volatile Limits.Statements statements;
    private volatile Exit.Backends backends = Exit.Backends.UNASKED;

    public SessionRig(PoolMode mode, int size, Map<String, Integer> ports) {
        this(mode, size, ports, Limits.defaults());
    }

    public SessionRig(PoolMode mode, int size, Map<String, Integer> ports, Limits limits) {
        ports.forEach((name, port) -> servers.put(name, server(name, port)));
        String first = servers.keySet().iterator().next();
        database =
                new Database(
                        DATABASE,
                        new PoolSettings(mode, size),
                        first,
                        servers,
                        CutoverSettings.defaults(),
                        limits,
                        /* unnamed= */ false);
        routes.add(new Route(DATABASE, first, 0, Instant.now()));
        statements = limits.statements();
        var held = new HeldBytes(limits.heldBytesPerClient(), limits.heldBytesTotal());
        gate =
                gates.add(
                        DATABASE,
                        new Gates.Settings(Duration.ZERO, held, Ticker.systemTicker(), _ -> {}));
        var config = config(limits);
        sweep = new Sweep(() -> config, registry::swept);
        pools =
                new Pools(
                        () -> config,
                        routes,
                        (key, on) ->
                                ServerConnection.connect(
                                        new ServerLogin(
                                                database.server(key.server()),
                                                key.user(),
                                                new Secret.Clear("secret"),
                                                key.options().values()),
                                        on,
                                        new Dial(
                                                NioSocketChannel::new,
                                                Duration.ofMinutes(1),
                                                limits.servers().cancelWait(),
                                                TlsToServer.NEVER)),
                        Ticker.systemTicker(),
                        (_, _) -> {});
        pools.start(List.of(loop));
        listener = listen();
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    public Gate gate() {
        return gate;
    }

    public Meter meter() {
        return meter;
    }

    public Routes routes() {
        return routes;
    }

    public Pools pools() {
        return pools;
    }

    /// Lets this much time pass for the sessions, and looks after their limits.
    public void passTime(Duration time) {
        clock.advance(time.toNanos(), TimeUnit.NANOSECONDS);
        sweep.once();
    }

    /// As a RELOAD does.
    public void bound(Limits.Statements others) {
        statements = others;
    }

    /// Who is asked about server processes behind lost connections.
    public void backends(Exit.Backends whoTells) {
        backends = whoTells;
    }

    public SessionRegistry registry() {
        return registry;
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        var _ = registry.killAll("", EndReason.SHUTDOWN);
        pools.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
        meter.close();
    }

    private Config config(Limits limits) {
        return new Config(
                new Listen("127.0.0.1", 0, PortTls.OFF),
                new Admin("127.0.0.1", 0, PortTls.OFF, Map.of()),
                new Http.Off(),
                Path.of("state"),
                new Config.Log(Config.Log.Format.TEXT, "info", false, new Config.Log.Audit.Off()),
                new Config.Auth(Config.AuthType.TRUST),
                Map.of(),
                Map.of(DATABASE, database),
                Optional.empty(),
                limits,
                Duration.ofSeconds(5));
    }

    private static Server server(String name, int port) {
        return new Server(
                name,
                "127.0.0.1",
                port,
                "postgres",
                ServerTls.of(SslMode.DISABLE),
                new Server.Control("postgres", new Secret.Absent(), "postgres"),
                Map.of(),
                new Server.Peer("127.0.0.1", port, PeerTls.of(SslMode.DISABLE)));
    }

    private Channel listen() {
        return new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(new LetIn());
                            }
                        })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    private final class LetIn extends ByteToMessageDecoder {
        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            StartupPacket.read(in, 10_000).ifPresent(packet -> answer(ctx, packet));
        }

        private void answer(ChannelHandlerContext ctx, StartupPacket packet) {
            ByteBuf out = ctx.alloc().buffer();
            switch (packet) {
                case StartupPacket.Ssl _, StartupPacket.Gss _ ->
                        ctx.writeAndFlush(out.writeByte('N'));
                case StartupPacket.Cancel(var key) -> {
                    out.release();
                    registry.cancel(key).thenRun(ctx::close);
                }
                case StartupPacket.Startup startup -> begin(ctx, startup, out);
            }
        }

        private void begin(ChannelHandlerContext ctx, StartupPacket.Startup startup, ByteBuf out) {
            CancelKey key = registry.newKey(4);
            var told = new ServerParameters();
            told.put("server_version", "18.6");
            told.put("client_encoding", "UTF8");
            told.put("standard_conforming_strings", "on");
            told.put("DateStyle", "ISO, MDY");
            told.put("application_name", startup.parameters().getOrDefault("application_name", ""));
            LoginReplies.authenticationOk(out);
            told.asMap().forEach((name, value) -> LoginReplies.parameterStatus(out, name, value));
            LoginReplies.backendKeyData(out, key);
            Replies.readyForQuery(out, TransactionStatus.IDLE);
            ctx.writeAndFlush(out);
            ctx.pipeline().remove(this);
            Session.begin(
                    ctx.channel(),
                    new SessionStart(startup.user(), startup.parameters(), told, key),
                    new SessionScope(
                            database,
                            gate.on(ctx.channel().eventLoop()),
                            pools.on(ctx.channel().eventLoop()),
                            routes,
                            meter.database(DATABASE),
                            new SessionScope.Shared(
                                    new SharedStatements(() -> statements),
                                    Watch.unasked(database.pool().follow()),
                                    (name, server, pid, gone) ->
                                            backends.awaitGone(name, server, pid, gone))),
                    registry);
        }
    }

    /// Serves real servers by hand: mode, size and ports as arguments.
    public static void main(String[] args) throws InterruptedException {
        var ports = new LinkedHashMap<String, Integer>();
        for (int i = 2; i < args.length; i++) {
            ports.put("server" + i, Integer.parseInt(args[i]));
        }
        try (var rig =
                new SessionRig(PoolMode.valueOf(args[0]), Integer.parseInt(args[1]), ports)) {
            System.out.println(rig.port());
            Thread.currentThread().join();
        }
    }
}
