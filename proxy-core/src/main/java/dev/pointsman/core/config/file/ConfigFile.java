package dev.pointsman.core.config.file;

import dev.pointsman.core.config.Admin;
import dev.pointsman.core.config.Admin.AdminUser;
import dev.pointsman.core.config.Admin.Role;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Config.Log;
import dev.pointsman.core.config.Config.Log.Audit;
import dev.pointsman.core.config.Config.Log.Format;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Http;
import dev.pointsman.core.config.Listen;
import dev.pointsman.core.config.Listen.Local;
import dev.pointsman.core.config.LocalAddress;
import dev.pointsman.core.config.User;
import dev.pointsman.core.config.access.Network;
import dev.pointsman.core.config.file.yaml.Environment;
import dev.pointsman.core.config.file.yaml.Replacement;
import dev.pointsman.core.config.key.Key;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads a file of settings. All problems of a file come at once. Reading runs the commands and
/// reads the files that passwords come from, so it may block for seconds.
public final class ConfigFile {
    private static final String AUDIT_FILE = "audit.jsonl";

    private final Reading reading;

    private ConfigFile(Reading reading) {
        this.reading = reading;
    }

    /// The settings in `file`, with this process's environment.
    public static Config load(Path file) throws ConfigProblems {
        return ConfigText.of(file).read();
    }

    /// The settings in `text`.
    ///
    /// @param name what problems call the file
    /// @param folder what relative paths are relative to
    public static Config parse(
            String text, String name, Path folder, Map<String, String> environment)
            throws ConfigProblems {
        return new ConfigText(text, name, folder, environment).read();
    }

    static Config parse(ConfigText file, Map<String, String> replaced) throws ConfigProblems {
        var reading = new Reading(file.folder(), new Environment(file.environment()));
        var root = compose(file.text(), reading);
        root.ifPresent(
                node -> replaced.forEach((path, value) -> Replacement.put(node, path, value)));
        var config = root.map(node -> new ConfigFile(reading).config(node));
        var problems = reading.problems();
        if (config.isEmpty() || !problems.isEmpty()) {
            throw new ConfigProblems(file.name(), problems);
        }
        return config.get();
    }

    private static Optional<Node> compose(String text, Reading reading) {
        try {
            var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
            var root = Optional.ofNullable(yaml.compose(new StringReader(text)));
            if (root.isEmpty()) {
                reading.problem(0, "", "it is empty", "see config/pointsman.yaml for an example");
            }
            return root;
        } catch (MarkedYAMLException e) {
            var mark = Optional.ofNullable(e.getProblemMark());
            reading.problem(
                    mark.map(at -> at.getLine() + 1).orElse(0),
                    "",
                    "this is not YAML: " + e.getProblem(),
                    "look at the indentation, quotes and braces around here");
        } catch (YAMLException e) {
            reading.problem(0, "", "this is not YAML: " + e.getMessage(), "see that it is a text");
        }
        return Optional.empty();
    }

    private Config config(Node node) {
        var root = Section.of(reading, "", "", node);
        if (root.number(Key.VERSION, 1) != 1) {
            root.problem(
                    Key.VERSION, "this version of the format is not known", "write version: 1");
        }
        var state = reading.path(root.text(Key.STATE, ""));
        var auth = new AuthReader(root.section(Key.AUTH)).read();
        var limits = new LimitsReader(root);
        var users = users(root);
        var listen = listen(root.section(Key.LISTEN));
        var admin = admin(root.section(Key.ADMIN));
        var http = root.has(Key.HTTP) ? http(root.section(Key.HTTP)) : new Http.Off();
        var log = log(root.section(Key.LOG), state);
        var databases = databases(root, users, limits);
        var wildcard = Optional.ofNullable(databases.remove(Database.WILDCARD));
        var config =
                new Config(
                        listen,
                        admin,
                        http,
                        state,
                        log,
                        auth,
                        users,
                        databases,
                        wildcard,
                        limits.global(),
                        root.duration(Key.SHUTDOWN_TIMEOUT, Duration.ZERO));
        new CrossCheck(root, config).run();
        return config;
    }

    private Listen listen(Section at) {
        return new Listen(
                at.text(Key.LISTEN_HOST, ""),
                at.port(Key.LISTEN_PORT, 0),
                new PortTlsReader(at.section(Key.LISTEN_TLS), Key.LISTEN_TLS).read(),
                local(at),
                balancers(at));
    }

    /// Everybody is nobody to rely on: who may speak for others is named.
    private static List<Network> balancers(Section at) {
        var named = AuthReader.networks(at, Key.LISTEN_PROXY_PROTOCOL);
        if (named.isEmpty() && at.has(Key.LISTEN_PROXY_PROTOCOL)) {
            at.problem(
                    Key.LISTEN_PROXY_PROTOCOL,
                    "it must be said which addresses are load balancers",
                    "write their addresses or networks, or remove the key");
        }
        return named;
    }

    private Local local(Section at) {
        var mode = at.text(Key.LISTEN_UNIX_SOCKET_MODE, "");
        if (!mode.matches("[0-7]{3,4}")) {
            at.problem(
                    Key.LISTEN_UNIX_SOCKET_MODE,
                    "'" + mode + "' is no mode of a file",
                    "write an octal number as chmod takes it, such as 0770");
            return new Local.Off();
        }
        if (!at.has(Key.LISTEN_UNIX_SOCKET_DIR)) {
            return new Local.Off();
        }
        var folder = reading.path(at.text(Key.LISTEN_UNIX_SOCKET_DIR, ""));
        if (!new LocalAddress(folder, 65_535).fits()) {
            at.problem(
                    Key.LISTEN_UNIX_SOCKET_DIR,
                    "the path of a socket in it is longer than operating systems allow",
                    "name a folder with a shorter path");
        }
        return new Local.Folder(folder, Integer.parseInt(mode, 8));
    }

    private Admin admin(Section at) {
        var named = at.section(Key.ADMIN_USERS);
        var users = new LinkedHashMap<String, AdminUser>();
        for (var user : named.named().entrySet()) {
            var path = named.path() + "." + user.getKey();
            if (SecretReader.isBare(user.getValue())) {
                var source = SecretReader.read(reading, path, user.getValue());
                users.put(user.getKey(), new AdminUser(user.getKey(), source, Role.ADMIN));
            } else {
                var own = named.named(user.getKey());
                var source = SecretReader.read(own, Key.ADMIN_USER_PASSWORD);
                var role = own.choice(Key.ADMIN_USER_ROLE, Role.class);
                users.put(user.getKey(), new AdminUser(user.getKey(), source, role));
            }
        }
        return new Admin(
                at.text(Key.ADMIN_HOST, ""),
                at.port(Key.ADMIN_PORT, 0),
                new PortTlsReader(at.section(Key.ADMIN_TLS), Key.ADMIN_TLS).read(),
                users);
    }

    private static Http http(Section at) {
        return new Http.On(at.text(Key.HTTP_HOST, ""), at.port(Key.HTTP_PORT, 0));
    }

    private Log log(Section at, Path state) {
        var audit = at.text(Key.LOG_AUDIT, "");
        return new Log(
                at.choice(Key.LOG_FORMAT, Format.class),
                at.word(Key.LOG_LEVEL),
                at.flag(Key.LOG_CONNECTIONS),
                switch (audit) {
                    case "" -> new Audit.File(state.resolve(AUDIT_FILE));
                    case "off", "false", "no" -> new Audit.Off();
                    default -> new Audit.File(reading.path(audit));
                });
    }

    private Map<String, User> users(Section root) {
        var named = root.section(Key.USERS);
        var users = new LinkedHashMap<String, User>();
        for (var user : named.named().entrySet()) {
            var name = user.getKey();
            if (SecretReader.isBare(user.getValue())) {
                var path = named.path() + "." + name;
                users.put(name, new User(name, SecretReader.read(reading, path, user.getValue())));
            } else {
                var own = named.named(name);
                var source = SecretReader.read(own, Key.USER_PASSWORD);
                var until = own.instant(Key.USER_VALID_UNTIL, Instant.MAX);
                users.put(name, new User(name, source, until));
            }
        }
        return users;
    }

    private static Map<String, Database> databases(
            Section root, Map<String, User> users, LimitsReader limits) {
        var named = root.section(Key.DATABASES);
        var databases = new LinkedHashMap<String, Database>();
        for (var name : named.named().keySet()) {
            databases.put(name, new DatabaseReader(named.named(name), name, users, limits).read());
        }
        return databases;
    }
}
