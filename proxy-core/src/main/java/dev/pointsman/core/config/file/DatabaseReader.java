package dev.pointsman.core.config.file;

import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.config.CutoverSettings.Sequences;
import dev.pointsman.core.config.CutoverSettings.Stragglers;
import dev.pointsman.core.config.CutoverSettings.Strangers;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.config.Database.PoolSettings;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.Server.Control;
import dev.pointsman.core.config.Server.Peer;
import dev.pointsman.core.config.User;
import dev.pointsman.core.config.key.DatabaseKey;
import dev.pointsman.core.config.key.Values;

import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// One database of the file with its servers.
final class DatabaseReader {
    private static final String SETTING = "[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)?";
    private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9_.-]*";

    private final Section section;
    private final String name;
    private final Map<String, User> users;
    private final LimitsReader limits;

    DatabaseReader(Section section, String name, Map<String, User> users, LimitsReader limits) {
        this.section = section;
        this.name = name;
        this.users = users;
        this.limits = limits;
    }

    Database read() {
        if (Database.CONSOLES.contains(name)) {
            section.reading()
                    .problem(
                            section.lineOf(DatabaseKey.DATABASE),
                            section.path(),
                            "this name belongs to the admin console",
                            "choose another name; dbname of the servers may stay as it is");
        }
        var servers = servers();
        if (name.equals(Database.WILDCARD)) {
            wildcard(servers.keySet());
        }
        return new Database(
                name,
                pool(section.section(DatabaseKey.POOL), limits.global().pool().defaultSize()),
                serve(servers),
                servers,
                cutover(),
                limits.of(section.section(DatabaseKey.DATABASE_LIMITS)),
                /* unnamed= */ false);
    }

    /// What moves is named: a cutover knows a database by its name, and fences it by that.
    private void wildcard(Set<String> servers) {
        var named = section.section(DatabaseKey.SERVERS);
        if (servers.size() > 1) {
            section.problem(
                    DatabaseKey.SERVERS,
                    "the wildcard leads to one server: no cutover can move databases that nobody"
                            + " has named",
                    "leave one server here, and name each database that shall move");
        }
        for (var server : servers) {
            var own = named.named(server);
            if (own.has(DatabaseKey.SERVER_DBNAME)) {
                own.problem(
                        DatabaseKey.SERVER_DBNAME,
                        "the wildcard leads each name to the database of that name",
                        "remove this, or name the database that leads elsewhere");
            }
        }
    }

    private String user() {
        var user = section.text(DatabaseKey.POOL_USER, "");
        if (!user.isEmpty() && !users.containsKey(user)) {
            section.problem(
                    DatabaseKey.POOL_USER,
                    "there is no user " + user + " in users",
                    Values.closest(user, users.keySet())
                            .map(close -> "did you mean " + close + "?")
                            .orElse("add it there, with the password that the servers know"));
        }
        return user;
    }

    private PoolSettings pool(Section pool, int defaultSize) {
        var mode = pool.choice(DatabaseKey.POOL_MODE, PoolMode.class);
        int size = pool.number(DatabaseKey.POOL_SIZE, 1, defaultSize);
        int most = PoolSettings.maxPinned(size);
        return new PoolSettings(
                mode,
                size,
                user(),
                pool.has(DatabaseKey.POOL_MAX_PINNED)
                        ? pool.number(DatabaseKey.POOL_MAX_PINNED, 0)
                        : most,
                follow(pool));
    }

    private static List<String> follow(Section pool) {
        var node = pool.node(DatabaseKey.POOL_FOLLOW);
        var names = new ArrayList<String>();
        if (node instanceof SequenceNode list) {
            for (var item : list.getValue()) {
                if (item instanceof ScalarNode name && name.getValue().matches(SETTING)) {
                    names.add(name.getValue());
                } else {
                    noNames(pool);
                }
            }
        } else if (node != null) {
            noNames(pool);
        }
        return names;
    }

    private static void noNames(Section pool) {
        pool.problem(
                DatabaseKey.POOL_FOLLOW,
                "a list of settings' names belongs here",
                "write [search_path]");
    }

    private String serve(Map<String, Server> servers) {
        var only = servers.size() == 1 ? servers.keySet().iterator().next() : "";
        var serve = section.text(DatabaseKey.SERVE, only);
        if (servers.isEmpty()) {
            return serve;
        }
        if (serve.isEmpty()) {
            section.problem(
                    DatabaseKey.SERVE,
                    "with several servers it must be said which one serves",
                    "write serve: and one of " + String.join(", ", servers.keySet()));
        } else if (!servers.containsKey(serve)) {
            section.problem(
                    DatabaseKey.SERVE,
                    "there is no server " + serve,
                    Values.closest(serve, servers.keySet())
                            .map(close -> "did you mean " + close + "?")
                            .orElse("write one of " + String.join(", ", servers.keySet())));
        }
        return serve;
    }

    private Map<String, Server> servers() {
        var named = section.section(DatabaseKey.SERVERS);
        var base =
                section.has(DatabaseKey.CONTROL)
                        ? control(section.section(DatabaseKey.CONTROL))
                        : noControl();
        var servers = new LinkedHashMap<String, Server>();
        for (var server : named.named().keySet()) {
            if (!server.matches(NAME)) {
                named.named(server)
                        .reading()
                        .problem(
                                named.named(server).lineOf(DatabaseKey.SERVER),
                                named.named(server).path(),
                                "a server's name is used in commands",
                                "use letters, digits, dots, dashes and underscores only");
            }
            servers.put(server, server(server, named.named(server), base));
        }
        if (section.has(DatabaseKey.SERVERS) && servers.isEmpty()) {
            section.problem(DatabaseKey.SERVERS, "there is no server", "name one server at least");
        }
        return servers;
    }

    private Server server(String server, Section at, Control base) {
        var host = hosts(at);
        var port = at.port(DatabaseKey.SERVER_PORT, 5432);
        if (port == 0) {
            at.problem(DatabaseKey.SERVER_PORT, "0 is no server's port", "write the server's port");
        }
        var own = at.section(DatabaseKey.SERVER_CONTROL);
        var control = at.has(DatabaseKey.SERVER_CONTROL) ? control(own, base) : base;
        if (control.user().isEmpty() && !section.has(DatabaseKey.CONTROL)) {
            at.problem(
                    DatabaseKey.SERVER_CONTROL,
                    "no control role is named for this server",
                    "add control: {user: …, password: …} to the database or to the server");
        }
        var peer = at.section(DatabaseKey.PEER);
        return new Server(
                server,
                host,
                port,
                at.text(DatabaseKey.SERVER_DBNAME, name),
                TlsReader.server(at),
                control,
                users(at.section(DatabaseKey.SERVER_USERS)),
                new Peer(
                        peer.text(DatabaseKey.PEER_HOST, host),
                        peer.port(DatabaseKey.PEER_PORT, port),
                        TlsReader.peer(peer)));
    }

    /// One address or several, with commas between as in libpq, or as a list.
    private static String hosts(Section at) {
        var text =
                at.node(DatabaseKey.SERVER_HOST) instanceof SequenceNode list
                        ? list.getValue().stream()
                                .map(item -> at.reading().scalar(item, at.path() + ".host"))
                                .flatMap(Optional::stream)
                                .collect(Collectors.joining(","))
                        : at.text(DatabaseKey.SERVER_HOST, "");
        var hosts = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        boolean given = at.has(DatabaseKey.SERVER_HOST) && !(hosts.size() == 1 && text.isEmpty());
        if (given && (hosts.contains("") || new HashSet<>(hosts).size() < hosts.size())) {
            at.problem(
                    DatabaseKey.SERVER_HOST,
                    "an address in the list is empty or named twice",
                    "write each address of the server once, with commas between");
        }
        return String.join(",", hosts);
    }

    private Map<String, User> users(Section own) {
        var all = new LinkedHashMap<>(users);
        for (var user : own.named().entrySet()) {
            var path = own.path() + "." + user.getKey();
            if (!users.containsKey(user.getKey())) {
                own.reading()
                        .problem(
                                Reading.line(user.getValue()),
                                path,
                                "there is no such user in users",
                                Values.closest(user.getKey(), users.keySet())
                                        .map(close -> "did you mean " + close + "?")
                                        .orElse("add it there, too"));
                continue;
            }
            var source =
                    SecretReader.isBare(user.getValue())
                            ? SecretReader.read(own.reading(), path, user.getValue())
                            : SecretReader.read(
                                    own.named(user.getKey()), DatabaseKey.SERVER_USER_PASSWORD);
            all.put(user.getKey(), new User(user.getKey(), source));
        }
        return all;
    }

    private static Control noControl() {
        return new Control("", new Secret.Absent(), DatabaseKey.CONTROL_MAINTENANCE.fallback());
    }

    private static Control control(Section at) {
        var secret = SecretReader.read(at, DatabaseKey.CONTROL_PASSWORD);
        clear(at, DatabaseKey.CONTROL_PASSWORD, secret.now());
        return new Control(
                at.text(DatabaseKey.CONTROL_USER, ""),
                secret,
                at.text(DatabaseKey.CONTROL_MAINTENANCE, "postgres"));
    }

    /// What a server says of its own goes over the database's; another user never gets the
    /// database's password.
    private static Control control(Section at, Control base) {
        var user = at.text(DatabaseKey.SERVER_CONTROL_USER, base.user());
        var secret = base.source();
        if (at.has(DatabaseKey.SERVER_CONTROL_PASSWORD)
                || at.has(DatabaseKey.SERVER_CONTROL_USER)) {
            secret = SecretReader.read(at, DatabaseKey.SERVER_CONTROL_PASSWORD);
            clear(at, DatabaseKey.SERVER_CONTROL_PASSWORD, secret.now());
        }
        return new Control(
                user,
                secret,
                at.text(DatabaseKey.SERVER_CONTROL_MAINTENANCE, base.maintenanceDb()));
    }

    private static void clear(Section at, DatabaseKey key, Secret secret) {
        switch (secret) {
            case Secret.Clear _, Secret.Absent _ -> {}
            case Secret.ScramVerifier _, Secret.Md5Hash _ ->
                    at.problem(
                            key,
                            "a verifier cannot log in as the control role",
                            "write the password itself, or {file: …} or {command: …}");
        }
    }

    private CutoverSettings cutover() {
        var at = section.section(DatabaseKey.CUTOVER);
        var drain = at.duration(DatabaseKey.CUTOVER_DRAIN_TIMEOUT, Duration.ZERO);
        var hold = at.duration(DatabaseKey.CUTOVER_HOLD_LIMIT, Duration.ZERO);
        if (drain.compareTo(hold) >= 0
                && (at.has(DatabaseKey.CUTOVER_DRAIN_TIMEOUT)
                        || at.has(DatabaseKey.CUTOVER_HOLD_LIMIT))) {
            at.problem(
                    at.has(DatabaseKey.CUTOVER_DRAIN_TIMEOUT)
                            ? DatabaseKey.CUTOVER_DRAIN_TIMEOUT
                            : DatabaseKey.CUTOVER_HOLD_LIMIT,
                    "drain_timeout must be shorter than hold_limit",
                    "the hold ends at hold_limit, and draining is only its beginning");
        }
        return new CutoverSettings(
                at.duration(DatabaseKey.CUTOVER_CALM_TIMEOUT, Duration.ZERO),
                drain,
                hold,
                at.choice(DatabaseKey.CUTOVER_STRAGGLERS, Stragglers.class),
                at.number(DatabaseKey.CUTOVER_ATTEMPTS, 1),
                at.duration(DatabaseKey.CUTOVER_ATTEMPT_PAUSE, Duration.ZERO),
                at.flag(DatabaseKey.CUTOVER_FENCE),
                at.choice(DatabaseKey.CUTOVER_STRANGERS, Strangers.class),
                ignored(at),
                at.choice(DatabaseKey.CUTOVER_SEQUENCES, Sequences.class),
                at.size(DatabaseKey.CUTOVER_MAX_LAG, 0));
    }

    private static Set<String> ignored(Section at) {
        var node = at.node(DatabaseKey.CUTOVER_IGNORE_STRANGERS);
        var ignored = new HashSet<String>();
        if (node instanceof SequenceNode list) {
            for (var item : list.getValue()) {
                var pattern = DatabaseKey.CUTOVER_IGNORE_STRANGERS.path();
                var path = at.path() + "." + DatabaseKey.CUTOVER_IGNORE_STRANGERS.word();
                var entry = Section.of(at.reading(), pattern + ".*", path, item);
                ignored.add(entry.text(DatabaseKey.CUTOVER_IGNORE_STRANGERS_USER, ""));
            }
        } else if (node != null) {
            at.problem(
                    DatabaseKey.CUTOVER_IGNORE_STRANGERS,
                    "a list belongs here",
                    "write [{user: datadog}]");
        }
        return ignored;
    }
}
