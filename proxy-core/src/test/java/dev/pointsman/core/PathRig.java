package dev.pointsman.core;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.config.file.ConfigProblems;
import dev.pointsman.core.gate.Gate;
import dev.pointsman.core.listen.Door;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.peer.ScriptedClient;
import dev.pointsman.core.peer.ScriptedServer;
import dev.pointsman.core.session.SessionRegistry;
import dev.pointsman.core.wire.Refused;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/// The whole way of a client's bytes, on a port that the system chose, in front of one server that
/// a test plays. Clients are let in without a password unless `more` says otherwise.
public final class PathRig implements AutoCloseable {
    public static final String USER = "app";
    public static final String DATABASE = "shop";

    private final Meter meter = new Meter("test");
    private volatile Config config;
    private final DataPath path;
    private final ClientPort listener;

    /// @param pool such as `{mode: session, size: 5}`
    /// @param more lines of the configuration
    public PathRig(int serverPort, String pool, String... more) {
        this(read(serverPort, pool, more));
    }

    /// In front of a server that is reached as `way` says.
    ///
    /// @param way such as `host: localhost, sslmode: require`
    public static PathRig reaching(int serverPort, String way, String... more) {
        return new PathRig(read(serverPort, "{mode: transaction, size: 2}", way, more));
    }

    private PathRig(Config config) {
        this.config = config;
        try {
            path = new DataPath(() -> this.config, meter, false);
            listener = path.listen();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Refused e) {
            throw new IllegalArgumentException(e);
        }
    }

    /// @param more lines of the configuration, which follow the databases; `listen:` among them
    ///   stands instead of the usual
    static Config read(int serverPort, String pool, String... more) {
        return read(serverPort, pool, "host: 127.0.0.1, sslmode: disable", more);
    }

    private static Config read(int serverPort, String pool, String way, String[] more) {
        var lines = String.join("\n", more);
        var text =
                """
                version: 1
                %s
                admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
                users: {app: {password: "app's"}, owner: {password: "owner's"}}
                databases:
                  shop:
                    pool: %s
                    serve: blue
                    control: {user: postgres, maintenance_db: postgres}
                    servers: {blue: {port: %d, dbname: shop, %s}}
                %s
                %s
                """
                        .formatted(
                                lines.contains("listen:")
                                        ? ""
                                        : "listen: {host: 127.0.0.1, port: 0}",
                                pool,
                                serverPort,
                                way,
                                lines,
                                lines.contains("auth:") ? "" : "auth: {type: trust}");
        try {
            return ConfigFile.parse(text, "test.yaml", Path.of("target"), Map.of());
        } catch (ConfigProblems e) {
            throw new IllegalArgumentException(e);
        }
    }

    /// A server's script: lets in and answers every query with one row, until the proxy closes.
    public static void answer(ScriptedServer.Conversation conversation) {
        conversation.letIn();
        answerUntilGone(conversation);
    }

    /// Answers statements until the proxy has gone.
    public static void answerUntilGone(ScriptedServer.Conversation conversation) {
        try {
            for (var asked = conversation.receive(); asked.type() == 'Q'; ) {
                if (asked.text().startsWith("DISCARD")) {
                    conversation.sendDone("DISCARD ALL", 'I');
                } else {
                    conversation.sendRows("1");
                }
                asked = conversation.receive();
            }
        } catch (AssertionError _) {
            // The rig does not always say goodbye.
        }
    }

    /// As a reload does.
    void take(Config next) throws Refused {
        path.prepare(next);
        config = next;
    }

    /// Who is asked for databases that the configuration does not have by name.
    public void opener(Door.Opener opener) {
        path.opener(opener);
    }

    /// Takes in what the wildcard makes of a name.
    public void open(String name) {
        var database = config.wildcard().orElseThrow().opened(name);
        path.add(database);
        config = config.opening(database);
    }

    DataPath path() {
        return path;
    }

    public Gate gate() {
        return path.gates().of(DATABASE);
    }

    /// The sessions of all clients.
    public SessionRegistry sessions() {
        return path.sessions();
    }

    public int port() {
        return listener.port();
    }

    /// A client that has said nothing yet.
    public ScriptedClient connect() {
        return ScriptedClient.connect(listener.port());
    }

    /// A client that is logged in.
    public ScriptedClient logIn() {
        var client = connect();
        client.logIn(USER, DATABASE);
        return client;
    }

    @Override
    public void close() {
        listener.close();
        path.close();
        meter.close();
    }
}
