package dev.pointsman.core;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.config.file.ConfigProblems;
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
        config = read(serverPort, pool, more);
        try {
            path = new DataPath(() -> config, meter, false);
            listener = path.listen();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Refused e) {
            throw new IllegalArgumentException(e);
        }
    }

    /// @param more lines of the configuration; `listen:` among them stands instead of the usual
    static Config read(int serverPort, String pool, String... more) {
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
                    servers: {blue: {host: 127.0.0.1, port: %d, dbname: shop, sslmode: disable}}
                %s
                %s
                """
                        .formatted(
                                lines.contains("listen:")
                                        ? ""
                                        : "listen: {host: 127.0.0.1, port: 0}",
                                pool,
                                serverPort,
                                lines.contains("auth:") ? "" : "auth: {type: trust}",
                                lines);
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

    DataPath path() {
        return path;
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
