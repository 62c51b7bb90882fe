package dev.pointsman.core.config.file;

import dev.pointsman.core.config.Admin.Role;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Config.AuthType;
import dev.pointsman.core.config.Http;
import dev.pointsman.core.config.Listen.Local;
import dev.pointsman.core.config.LocalAddress;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.User;
import dev.pointsman.core.config.access.Rule;
import dev.pointsman.core.config.key.DatabaseKey;
import dev.pointsman.core.config.key.Key;
import dev.pointsman.core.config.key.Values;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What can only be judged with several keys in view.
final class CrossCheck {
    private static final Set<String> EVERYWHERE = Set.of("*", "0.0.0.0", "::");
    private static final String LOCALHOST = "localhost";
    private static final Set<String> HERE = Set.of("127.0.0.1", LOCALHOST, "::1");

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
                            "probes cannot share port "
                                    + port
                                    + (clash(listen.host(), listen.port(), host, port)
                                            ? " with clients"
                                            : " with operators"),
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
                        || EVERYWHERE.contains(otherHost)
                        || isThisMachine(host, otherHost)
                        || isThisMachine(otherHost, host));
    }

    /// Two numbers of this machine are two addresses, but its name may be either.
    private static boolean isThisMachine(String name, String address) {
        return name.equals(LOCALHOST) && HERE.contains(address);
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
        if (config.entries().isEmpty() && root.has(Key.DATABASES)) {
            root.problem(Key.DATABASES, "there is no database", "add one");
        }
        var auth = config.auth();
        boolean elsewhere = auth.uses(AuthType.PASSTHROUGH) || auth.uses(AuthType.QUERY);
        if (config.users().isEmpty() && !elsewhere) {
            if (root.has(Key.USERS)) {
                root.problem(Key.USERS, NOBODY, "add a user");
            } else {
                root.missing(Key.USERS);
            }
        }
        config.users().values().forEach(this::user);
        passthrough();
        certificates();
        rules();
    }

    private void user(User user) {
        var ways = ways(user.name());
        var section = root.section(Key.USERS);
        var path = section.path() + "." + user.name();
        var mends = ways.stream().map(way -> mend(way, user.secret())).toList();
        if (mends.isEmpty() || mends.contains("") || root.reading().hasProblemBelow(path)) {
            return;
        }
        var node = section.named().get(user.name());
        root.reading()
                .problem(
                        node == null ? 0 : Reading.line(node),
                        path,
                        "with %s %s this user cannot log in"
                                .formatted(
                                        config.auth().rules().isEmpty() ? "auth.type" : "method",
                                        ways.getFirst().text()),
                        mends.getFirst());
    }

    /// The ways that the user may be asked for.
    private List<AuthType> ways(String user) {
        var rules = config.auth().rules();
        return rules.isEmpty()
                ? List.of(config.auth().type())
                : rules.stream()
                        .filter(rule -> rule.users().isEmpty() || rule.users().contains(user))
                        .map(Rule::method)
                        .distinct()
                        .toList();
    }

    /// How to let somebody in who has this secret; empty when the door is open.
    private static String mend(AuthType type, Secret secret) {
        return switch (type) {
            case TRUST, PASSTHROUGH, QUERY, CERT, REJECT -> "";
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

    private void passthrough() {
        boolean noneIsPrivate =
                !config.listen().tls().isOn() && config.listen().local() instanceof Local.Off;
        if (config.auth().uses(AuthType.PASSTHROUGH) && noneIsPrivate) {
            root.section(Key.AUTH)
                    .problem(
                            Key.AUTH_TYPE,
                            "passthrough takes passwords in clear, inside TLS only, and listen.tls"
                                    + " is off",
                            "set listen.tls up, or choose another way");
        }
    }

    private void certificates() {
        if (config.auth().uses(AuthType.CERT) && config.listen().tls().authorities().isEmpty()) {
            root.section(Key.AUTH)
                    .problem(
                            Key.AUTH_TYPE,
                            "cert believes certificates that listen.tls.ca signed, and nothing is"
                                    + " said there or listen.tls is off",
                            "set listen.tls up with ca, or choose another way");
        }
    }

    private void rules() {
        var number = 0;
        for (var rule : config.auth().rules()) {
            number++;
            if (config.wildcard().isEmpty()) {
                var known = config.databases().keySet();
                known(number, Key.AUTH_RULE_DATABASE, rule.databases(), known);
            }
            switch (rule.method()) {
                case TRUST, CERT, MD5, SCRAM_SHA_256 ->
                        known(number, Key.AUTH_RULE_USER, rule.users(), config.users().keySet());
                case PASSTHROUGH, QUERY, REJECT -> {}
            }
        }
    }

    private void known(int rule, Key key, Collection<String> named, Collection<String> known) {
        for (var name : named) {
            if (!known.contains(name)) {
                root.reading()
                        .problem(
                                root.section(Key.AUTH).lineOf(Key.AUTH_RULES),
                                "auth.rules." + rule + "." + key.word(),
                                "there is no %s %s".formatted(key.word(), name),
                                Values.closest(name, known)
                                        .map(close -> "did you mean " + close + "?")
                                        .orElse("add it, or remove it here"));
            }
        }
    }

    private void servers() {
        Map<String, String> seen = new HashMap<>();
        var databases = root.section(Key.DATABASES);
        for (var database : config.entries()) {
            var servers = databases.named(database.name()).section(DatabaseKey.SERVERS);
            for (var server : database.servers().values()) {
                var at = servers.named(server.name());
                if (server.host().isEmpty()) {
                    continue;
                }
                for (var host : server.hosts()) {
                    address(seen, at, server.at(host));
                }
            }
        }
    }

    private void address(Map<String, String> seen, Section at, Server server) {
        var address = server.host() + ":" + server.port() + "/" + server.dbname();
        var twin = seen.putIfAbsent(address, at.path());
        if (twin != null && !twin.equals(at.path())) {
            at.problem(
                    DatabaseKey.SERVER_HOST,
                    "this is the same server as " + twin + ": " + address,
                    "a database on a server may be named once only");
        }
        if (isProxyItself(server.host(), server.port())) {
            at.problem(
                    DatabaseKey.SERVER_HOST,
                    address + " is the proxy itself",
                    "write the address of the PostgreSQL server");
        }
    }

    private boolean isProxyItself(String host, int port) {
        var listen = config.listen();
        if (port != listen.port()) {
            return false;
        }
        if (LocalAddress.isFolder(host)) {
            return listen.local() instanceof Local.Folder(var folder, _)
                    && folder.equals(Path.of(host).normalize());
        }
        var everywhere = EVERYWHERE.contains(listen.host()) || HERE.contains(listen.host());
        return host.equals(listen.host()) || (everywhere && HERE.contains(host));
    }

    private void problem(Key section, Key key, String what, String mend) {
        root.section(section).problem(key, what, mend);
    }
}
