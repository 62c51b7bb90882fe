package dev.pointsman.core.config.file;

import dev.pointsman.core.config.Admin.Role;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Config.AuthType;
import dev.pointsman.core.config.Http;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.key.Key;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// What can only be judged with several keys in view.
final class CrossCheck {
    private static final Set<String> EVERYWHERE = Set.of("*", "0.0.0.0", "::");
    private static final Set<String> HERE = Set.of("127.0.0.1", "localhost", "::1");
    private static final String NOBODY = "nobody could log in";

    private final Section root;
    private final Config config;

    CrossCheck(Section root, Config config) {
        this.root = root;
        this.config = config;
    }

    void run() {
        ports();
        operators();
        users();
        servers();
    }

    private void ports() {
        var listen = config.listen();
        var admin = config.admin();
        if (clash(listen.host(), listen.port(), admin.host(), admin.port())) {
            problem(
                    Key.ADMIN,
                    Key.ADMIN_PORT,
                    "clients and operators cannot share port " + admin.port(),
                    "give admin.port another one");
        }
        switch (config.http()) {
            case Http.Off() -> {}
            case Http.On(var host, var port) -> {
                if (clash(listen.host(), listen.port(), host, port)
                        || clash(admin.host(), admin.port(), host, port)) {
                    problem(
                            Key.HTTP,
                            Key.HTTP_PORT,
                            "port " + port + " is in use by listen or admin",
                            "give http.port another one, or remove http: the admin port answers"
                                    + " too");
                }
            }
        }
    }

    private static boolean clash(String host, int port, String otherHost, int otherPort) {
        return port != 0
                && port == otherPort
                && (host.equals(otherHost)
                        || EVERYWHERE.contains(host)
                        || EVERYWHERE.contains(otherHost));
    }

    private void operators() {
        var admins =
                config.admin().users().values().stream()
                        .filter(user -> user.role() == Role.ADMIN)
                        .count();
        var section = root.section(Key.ADMIN);
        if (admins == 0 && section.has(Key.ADMIN_USERS)) {
            section.problem(
                    Key.ADMIN_USERS,
                    "there is no operator with role admin",
                    "add one, or nobody can give a command");
        }
    }

    private void users() {
        if (config.users().isEmpty() && root.has(Key.USERS)) {
            root.problem(Key.USERS, NOBODY, "add a user");
        }
        if (config.databases().isEmpty() && root.has(Key.DATABASES)) {
            root.problem(Key.DATABASES, "there is no database", "add one");
        }
        var section = root.section(Key.USERS);
        for (var user : config.users().values()) {
            var mend = mend(config.auth().type(), user.secret());
            var path = section.path() + "." + user.name();
            if (!mend.isEmpty() && !root.reading().hasProblemBelow(path)) {
                var node = section.named().get(user.name());
                root.reading()
                        .problem(
                                node == null ? 0 : Reading.line(node),
                                path,
                                "with auth.type "
                                        + word(config.auth().type())
                                        + " this user cannot log in",
                                mend);
            }
        }
    }

    /// How to let somebody in who has this secret; empty when the door is open.
    private static String mend(AuthType type, Secret secret) {
        return switch (type) {
            case TRUST -> "";
            case MD5 ->
                    switch (secret) {
                        case Secret.Clear _, Secret.Md5Hash _ -> "";
                        case Secret.ScramVerifier _ ->
                                "give the password or an md5 hash, or write auth: {type:"
                                        + " scram-sha-256}";
                        case Secret.Absent _ -> "add password: …";
                    };
            case SCRAM_SHA_256 ->
                    switch (secret) {
                        case Secret.Clear _, Secret.ScramVerifier _ -> "";
                        case Secret.Md5Hash _ ->
                                "give the password or a SCRAM verifier, or write auth: {type: md5}";
                        case Secret.Absent _ -> "add password: …";
                    };
        };
    }

    private static String word(AuthType type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void servers() {
        Map<String, String> seen = new HashMap<>();
        var databases = root.section(Key.DATABASES);
        for (var database : config.databases().values()) {
            var servers = databases.named(database.name()).section(Key.SERVERS);
            for (var server : database.servers().values()) {
                var at = servers.named(server.name());
                if (server.host().isEmpty()) {
                    continue;
                }
                var address = server.host() + ":" + server.port() + "/" + server.dbname();
                var twin = seen.putIfAbsent(address, at.path());
                if (twin != null) {
                    at.problem(
                            Key.SERVER_HOST,
                            "this is the same server as " + twin + ": " + address,
                            "a database on a server may be named once only");
                }
                if (isProxyItself(server.host(), server.port())) {
                    at.problem(
                            Key.SERVER_HOST,
                            address + " is the proxy itself",
                            "write the address of the PostgreSQL server");
                }
            }
        }
    }

    private boolean isProxyItself(String host, int port) {
        var listen = config.listen();
        if (port != listen.port()) {
            return false;
        }
        var everywhere = EVERYWHERE.contains(listen.host()) || HERE.contains(listen.host());
        return host.equals(listen.host()) || (everywhere && HERE.contains(host));
    }

    private void problem(Key section, Key key, String what, String mend) {
        root.section(section).problem(key, what, mend);
    }
}
