package dev.pointsman.core.listen.login;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.access.Applicant;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.config.file.ConfigProblems;
import dev.pointsman.core.server.keys.Keyring;
import dev.pointsman.core.server.keys.UserKeys;
import dev.pointsman.core.server.keys.UserKeys.Way;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.auth.ScramClient;
import dev.pointsman.core.wire.auth.ScramKeys;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Logins of the database shop between its servers blue and green, which a test plays: what each
/// user's password is there, who serves, and whether anybody may be asked.
final class LoginRig implements Servers, AutoCloseable {
    static final String USER = "app";

    final AtomicLong clock = new AtomicLong(1_000_000_000L);
    final Keyring keyring = new Keyring();
    final Config config;

    /// By server and user, as in `blue/app`.
    final Map<String, String> passwords = Collections.synchronizedMap(new HashMap<>());

    final Map<String, Secret> stored = Collections.synchronizedMap(new HashMap<>());
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    volatile String serving = "blue";
    volatile boolean shut;
    volatile Way way = Way.SCRAM;
    volatile CompletableFuture<Void> answering = CompletableFuture.completedFuture(null);
    private final EventLoop loop = new DefaultEventLoop();

    LoginRig() {
        try {
            config =
                    ConfigFile.parse(
                            """
                            admin: {users: {operator: operator}}
                            auth: {type: query}
                            databases:
                              shop:
                                serve: blue
                                control: {user: p}
                                servers: {blue: {host: 10.0.0.5}, green: {host: 10.0.0.6}}
                            """,
                            "test.yaml",
                            Path.of("target"),
                            Map.of());
        } catch (ConfigProblems e) {
            throw new IllegalArgumentException(e);
        }
    }

    Passthrough passthrough() {
        return new Passthrough(() -> config, this, keyring, clock::get);
    }

    Lookups lookups() {
        return new Lookups(() -> config, this, new Credentials(), clock::get);
    }

    Applicant client() {
        return client(USER);
    }

    Applicant client(String user) {
        return new Applicant(new InetSocketAddress("10.1.1.1", 4321), "shop", user, true);
    }

    /// Begins on the loop, as logins do.
    CompletableFuture<Verdict> check(Passthrough passthrough, Applicant who, String password) {
        return CompletableFuture.supplyAsync(
                        () -> passthrough.check(who, new Secret.Clear(password), loop), loop)
                .thenCompose(verdict -> verdict);
    }

    CompletableFuture<Demand> demand(Lookups lookups, String user) {
        return CompletableFuture.supplyAsync(() -> lookups.of(client(user), loop), loop)
                .thenCompose(demand -> demand);
    }

    void pass(long amount, TimeUnit unit) {
        clock.addAndGet(unit.toNanos(amount));
    }

    long asked(String what) {
        synchronized (asked) {
            return asked.stream().filter(what::equals).count();
        }
    }

    @Override
    public Optional<String> serving(String database) {
        return database.equals("shop") ? Optional.of(serving) : Optional.empty();
    }

    @Override
    public List<String> others(String database) {
        return List.of(serving.equals("blue") ? "green" : "blue");
    }

    @Override
    public Optional<ErrorReport> shut(String database, EventLoop on) {
        return shut
                ? Optional.of(ErrorReport.fatal(SqlState.CANNOT_CONNECT_NOW, "held"))
                : Optional.empty();
    }

    @Override
    public CompletableFuture<Answer> test(
            String database, String server, String user, Secret.Clear password, EventLoop on) {
        String place = server + "/" + user;
        asked.add(place);
        return answering.thenApplyAsync(_ -> answer(place, password), on);
    }

    private Answer answer(String place, Secret.Clear password) {
        if (!password.password().equals(passwords.get(place))) {
            return new Answer.Refused("no");
        }
        UserKeys keys = UserKeys.unshared();
        if (way == Way.SCRAM) {
            keys.learn(ScramKeys.derive(password.password(), salt(place), 4096));
        }
        keys.letIn(way);
        return new Answer.LetIn(keys);
    }

    /// What the server asks in a login, with the user's salt.
    ScramClient.Challenge challenge(String server) {
        var client = new ScramClient();
        var nonce = client.clientFirst().substring(client.clientFirst().indexOf("r=") + 2);
        var salt = Base64.getEncoder().encodeToString(salt(server + "/" + USER));
        return client.challenge("r=" + nonce + "server,s=" + salt + ",i=4096");
    }

    private static byte[] salt(String place) {
        return place.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public CompletableFuture<Found> find(String database, String user) {
        asked.add("find " + user);
        Secret secret = stored.get(serving + "/" + user);
        Found found = secret == null ? new Found.Nobody() : new Found.Stored(secret);
        return answering.thenApplyAsync(_ -> found, loop);
    }

    @Override
    public void close() {
        keyring.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
