package dev.pointsman.core.config.key;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Config.Log.Audit;
import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Http;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.config.Listen.Local;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.SecretSource;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.User;
import dev.pointsman.core.config.access.Network;
import dev.pointsman.core.config.access.Rule;
import dev.pointsman.core.config.key.LimitKey.Scope;
import dev.pointsman.core.config.tls.PortTls;
import dev.pointsman.core.config.tls.ServerTls;
import dev.pointsman.core.config.tls.TlsWords;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/// The settings in force, for SHOW CONFIG: every key of a file with its value and its default,
/// spelt as a file spells them. Passwords are told by their kind only. Databases that no file names
/// are as the wildcard says, whose rows stand for theirs.
public final class ConfigRows {
    private static final String LIMITS = "limits.";
    private static final String ANY = "*";

    private final List<Row> rows = new ArrayList<>();

    private ConfigRows() {}

    /// One setting.
    ///
    /// @param kind the key with `*` for names
    /// @param key the path; limits stand under their bare names, as PgBouncer's do
    /// @param fallback the default, or a description of it in parentheses
    /// @param compared what tells two values apart, also where `value` must not
    public record Row(Setting kind, String key, String value, String fallback, Object compared) {}

    /// The settings of `config`.
    public static List<Row> of(Config config) {
        var rows = new ConfigRows();
        rows.process(config);
        config.users().values().forEach(rows::user);
        config.entries().stream().filter(one -> !one.unnamed()).forEach(rows::database);
        config.limits().users().forEach((user, own) -> rows.limits(Scope.USER, own, user));
        rows.limits(Scope.GLOBAL, config.limits());
        rows.add(Key.SHUTDOWN_TIMEOUT, config.shutdownTimeout());
        return List.copyOf(rows.rows);
    }

    private void process(Config config) {
        add(Key.VERSION, 1);
        add(Key.LISTEN_HOST, config.listen().host());
        add(Key.LISTEN_PORT, config.listen().port());
        switch (config.listen().local()) {
            case Local.Off() -> {
                add(Key.LISTEN_UNIX_SOCKET_DIR, "(none)");
                add(Key.LISTEN_UNIX_SOCKET_MODE, Key.LISTEN_UNIX_SOCKET_MODE.fallback());
            }
            case Local.Folder(var folder, var mode) -> {
                add(Key.LISTEN_UNIX_SOCKET_DIR, folder);
                add(Key.LISTEN_UNIX_SOCKET_MODE, "%04o".formatted(mode));
            }
        }
        var balancers = config.listen().balancers().stream().map(Network::toString).toList();
        add(Key.LISTEN_PROXY_PROTOCOL, or(String.join(", ", balancers)));
        tls(Key.LISTEN_TLS, config.listen().tls());
        add(Key.ADMIN_HOST, config.admin().host());
        add(Key.ADMIN_PORT, config.admin().port());
        tls(Key.ADMIN_TLS, config.admin().tls());
        for (var user : config.admin().users().values()) {
            secret(Key.ADMIN_USER_PASSWORD, user.source(), user.name());
            add(Key.ADMIN_USER_ROLE, word(user.role()), user.name());
        }
        if (config.http() instanceof Http.On(var host, var port)) {
            add(Key.HTTP_HOST, host);
            add(Key.HTTP_PORT, port);
        }
        add(Key.STATE, config.state());
        add(Key.LOG_FORMAT, word(config.log().format()));
        add(Key.LOG_LEVEL, config.log().level());
        add(Key.LOG_CONNECTIONS, flag(config.log().connections()));
        add(
                Key.LOG_AUDIT,
                switch (config.log().audit()) {
                    case Audit.Off() -> "off";
                    case Audit.File(var path) -> path.toString();
                });
        auth(config.auth());
    }

    private void auth(Config.Auth auth) {
        add(Key.AUTH_TYPE, word(auth.type()));
        add(Key.AUTH_CACHE, auth.cache());
        add(Key.AUTH_QUERY, auth.lookup().query());
        add(Key.AUTH_USER, auth.lookup().user());
        secret(Key.AUTH_PASSWORD, auth.lookup().source());
        var rules = String.join("; ", auth.rules().stream().map(Rule::toString).toList());
        add(Key.AUTH_RULES, rules.isEmpty() ? "(none)" : rules);
    }

    private void user(User user) {
        secret(Key.USER_PASSWORD, user.source(), user.name());
        boolean forever = user.validUntil().equals(Instant.MAX);
        add(Key.USER_VALID_UNTIL, forever ? "(forever)" : user.validUntil(), user.name());
    }

    private void tls(Key section, PortTls tls) {
        for (var key : Setting.below(section.path())) {
            switch (key.word()) {
                case "mode" -> add(key, tls.mode().text());
                case "protocols" -> add(key, TlsWords.protocolsText(tls.protocols()));
                case "ciphers" -> add(key, TlsWords.ciphersText(tls.ciphers()));
                case "plain_cancel" -> add(key, flag(tls.plainCancel()));
                default -> {
                    var path = tls.files().getOrDefault(key.word(), key.fallback());
                    Object content = tls.contentOf(key.word());
                    add(key, path, List.of(path, content));
                }
            }
        }
    }

    private void database(Database database) {
        var name = database.name();
        add(DatabaseKey.POOL_MODE, word(database.pool().mode()), name);
        add(DatabaseKey.POOL_USER, database.pool().user(), name);
        add(DatabaseKey.POOL_SIZE, database.pool().size(), name);
        add(DatabaseKey.POOL_MAX_PINNED, database.pool().maxPinned(), name);
        add(DatabaseKey.POOL_FOLLOW, String.join(", ", database.pool().follow()), name);
        add(DatabaseKey.SERVE, database.serve(), name);
        for (var server : database.servers().values()) {
            server(name, server);
        }
        cutover(name, database.cutover());
        limits(Scope.DATABASE, database.limits(), name);
    }

    private void server(String database, Server server) {
        var name = server.name();
        add(DatabaseKey.SERVER_HOST, server.host(), database, name);
        add(DatabaseKey.SERVER_PORT, server.port(), database, name);
        add(DatabaseKey.SERVER_DBNAME, server.dbname(), database, name);
        tls(server.tls(), database, name);
        add(DatabaseKey.SERVER_CONTROL_USER, server.control().user(), database, name);
        secret(DatabaseKey.SERVER_CONTROL_PASSWORD, server.control().source(), database, name);
        add(
                DatabaseKey.SERVER_CONTROL_MAINTENANCE,
                server.control().maintenanceDb(),
                database,
                name);
        for (var user : server.users().values()) {
            secret(DatabaseKey.SERVER_USER_PASSWORD, user.source(), database, name, user.name());
        }
        add(DatabaseKey.PEER_HOST, server.peer().host(), database, name);
        add(DatabaseKey.PEER_PORT, server.peer().port(), database, name);
        var peer = server.peer().tls();
        add(DatabaseKey.PEER_SSLMODE, peer.mode().text(), database, name);
        add(DatabaseKey.PEER_SSLNEGOTIATION, peer.negotiation().text(), database, name);
        add(DatabaseKey.PEER_CHANNEL_BINDING, peer.binding().text(), database, name);
        add(DatabaseKey.PEER_SSLROOTCERT, or(peer.rootcert()), database, name);
        add(DatabaseKey.PEER_SSLCERT, or(peer.cert()), database, name);
        add(DatabaseKey.PEER_SSLKEY, or(peer.key()), database, name);
    }

    /// A file that holds something else than before counts as changed.
    private void tls(ServerTls tls, String... names) {
        add(DatabaseKey.SERVER_SSLMODE, tls.mode().text(), names);
        add(DatabaseKey.SERVER_SSLNEGOTIATION, tls.negotiation().text(), names);
        add(DatabaseKey.SERVER_CHANNEL_BINDING, tls.binding().text(), names);
        add(DatabaseKey.SERVER_SSLROOTCERT, or(tls.trust().text()), tls.trust(), names);
        for (var key : List.of(DatabaseKey.SERVER_SSLCERT, DatabaseKey.SERVER_SSLKEY)) {
            add(key, or(tls.files().getOrDefault(key.word(), "")), tls.identity(), names);
        }
    }

    private static String or(String text) {
        return text.isEmpty() ? "(none)" : text;
    }

    private void cutover(String database, CutoverSettings settings) {
        add(DatabaseKey.CUTOVER_CALM_TIMEOUT, settings.calmTimeout(), database);
        add(DatabaseKey.CUTOVER_DRAIN_TIMEOUT, settings.drainTimeout(), database);
        add(DatabaseKey.CUTOVER_HOLD_LIMIT, settings.holdLimit(), database);
        add(DatabaseKey.CUTOVER_STRAGGLERS, word(settings.stragglers()), database);
        add(DatabaseKey.CUTOVER_ATTEMPTS, settings.attempts(), database);
        add(DatabaseKey.CUTOVER_ATTEMPT_PAUSE, settings.attemptPause(), database);
        add(DatabaseKey.CUTOVER_FENCE, flag(settings.fence()), database);
        add(DatabaseKey.CUTOVER_STRANGERS, word(settings.strangers()), database);
        add(DatabaseKey.CUTOVER_IGNORE_STRANGERS, list(settings.ignoreStrangers()), database);
        add(DatabaseKey.CUTOVER_SEQUENCES, word(settings.sequences()), database);
        add(DatabaseKey.CUTOVER_MAX_LAG, Values.text(settings.maxLagBytes()), database);
    }

    private void limits(Scope scope, Limits limits, String... names) {
        LimitKey.in(scope)
                .forEach(
                        limit -> {
                            var value = limit.of(limits);
                            var size = limit.at(scope).type().equals("size");
                            add(
                                    limit.at(scope),
                                    switch (value) {
                                        case Duration time -> Values.text(time);
                                        case Boolean on -> flag(on);
                                        case Number bytes when size ->
                                                Values.text(bytes.longValue());
                                        default -> value;
                                    },
                                    names);
                        });
    }

    private void secret(Setting key, SecretSource source, String... names) {
        var kind =
                switch (source.now()) {
                    case Secret.Clear _ -> Secret.HIDDEN;
                    case Secret.ScramVerifier _ -> "(SCRAM verifier)";
                    case Secret.Md5Hash _ -> "(md5 hash)";
                    case Secret.Absent _ -> "(none)";
                };
        add(key, kind, source, names);
    }

    private void add(Setting key, Duration value, String... names) {
        add(key, Values.text(value), names);
    }

    private void add(Setting key, Object value, String... names) {
        add(key, value, value, names);
    }

    private void add(Setting key, Object value, Object compared, String... names) {
        var path = key.path().startsWith(LIMITS) ? key.word() : key.path();
        int from = 0;
        for (var name : names) {
            int at = path.indexOf(ANY, from);
            path = path.substring(0, at) + name + path.substring(at + 1);
            from = at + name.length();
        }
        rows.add(new Row(key, path, value.toString(), key.fallback(), compared));
    }

    private static String list(Collection<String> users) {
        return users.isEmpty() ? "(none)" : String.join(", ", users.stream().sorted().toList());
    }

    private static String flag(boolean on) {
        return on ? "on" : "off";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
