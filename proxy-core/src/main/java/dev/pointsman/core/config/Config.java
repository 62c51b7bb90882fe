package dev.pointsman.core.config;

import dev.pointsman.core.config.access.Applicant;
import dev.pointsman.core.config.access.Lookup;
import dev.pointsman.core.config.access.Rule;
import dev.pointsman.core.config.key.Key;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Everything that a file of settings says, checked as a whole: who holds one may rely on every
/// name in it leading somewhere. Immutable; a reload makes another one.
///
/// @param state the folder of the journal and the reports, absolute
/// @param users the users that clients log in as, by name
/// @param databases by the name that clients connect to, in the order of the file; while a proxy
///   runs, with those that the wildcard has opened
/// @param wildcard what `*` says, the pattern of databases that no file names; it has one server
/// @param limits the limits that hold where a database has none of its own
/// @param shutdownTimeout how long a stop may wait for clients
public record Config(
        Listen listen,
        Admin admin,
        Http http,
        Path state,
        Log log,
        Auth auth,
        Map<String, User> users,
        Map<String, Database> databases,
        Optional<Database> wildcard,
        Limits limits,
        Duration shutdownTimeout) {

    public Config {
        users = inOrder(users);
        databases = inOrder(databases);
    }

    /// The databases, and the pattern of those that are not named.
    public List<Database> entries() {
        return Stream.concat(databases.values().stream(), wildcard.stream()).toList();
    }

    /// The names that the wildcard has opened.
    public List<String> unnamed() {
        return databases.values().stream().filter(Database::unnamed).map(Database::name).toList();
    }

    /// The same with one more database, which no file names, after the others.
    public Config opening(Database unnamed) {
        var more = new LinkedHashMap<>(databases);
        more.put(unnamed.name(), unnamed);
        return new Config(
                listen,
                admin,
                http,
                state,
                log,
                auth,
                users,
                more,
                wildcard,
                limits,
                shutdownTimeout);
    }

    /// The same with what the wildcard had opened by then, unless a file names it now; nothing
    /// without a wildcard.
    public Config keeping(Config before) {
        var kept = this;
        for (var name : before.unnamed()) {
            if (wildcard.isPresent() && !databases.containsKey(name)) {
                kept = kept.opening(wildcard.get().opened(name));
            }
        }
        return kept;
    }

    /// The database under another name that one of the same servers has at the same place.
    public Optional<String> twin(Database database) {
        var places = places(database);
        return databases.values().stream()
                .filter(other -> !other.name().equals(database.name()))
                .filter(other -> places(other).stream().anyMatch(places::contains))
                .map(Database::name)
                .findFirst();
    }

    private static List<String> places(Database database) {
        return database.servers().values().stream()
                .flatMap(server -> server.places().stream())
                .toList();
    }

    /// The database of that name, which must exist.
    public Database database(String database) {
        var found = databases.get(database);
        if (found == null) {
            throw new IllegalArgumentException(
                    "there is no database " + database + ", but " + databases.keySet());
        }
        return found;
    }

    /// An unmodifiable copy in the order of the file, which `Map.copyOf` would lose.
    static <V> Map<String, V> inOrder(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /// How clients prove who they are.
    ///
    /// @param type the way where no rules are given, and of rules that name none
    /// @param rules the first that matches counts, and who matches none is refused; without any,
    ///   everybody proves it in the way of `type`
    /// @param cache for how long a server's word about a user is taken
    public record Auth(AuthType type, List<Rule> rules, Lookup lookup, Duration cache) {
        public Auth {
            rules = List.copyOf(rules);
        }

        /// One way for everybody.
        public Auth(AuthType type) {
            this(
                    type,
                    List.of(),
                    new Lookup(Key.AUTH_QUERY.fallback(), "", new Secret.Absent()),
                    Duration.ofMinutes(1));
        }

        /// How this client has to prove who it is; empty when no rule speaks of it.
        public Optional<AuthType> way(Applicant who) {
            return rules.isEmpty()
                    ? Optional.of(type)
                    : rules.stream()
                            .filter(rule -> rule.matches(who))
                            .findFirst()
                            .map(Rule::method);
        }

        /// Whether anybody may come in by this way.
        public boolean uses(AuthType way) {
            return rules.isEmpty()
                    ? type == way
                    : rules.stream().anyMatch(rule -> rule.method() == way);
        }
    }

    /// The ways of proving it that the proxy knows.
    public enum AuthType {
        TRUST,
        MD5,
        SCRAM_SHA_256,
        /// By the password itself, which a server is asked about.
        PASSTHROUGH,
        /// By what the serving database stores.
        QUERY,
        /// By a certificate in the user's name.
        CERT,
        REJECT;

        /// As a file spells it.
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// What is logged, and how.
    ///
    /// @param level the least level that is written: trace, debug, info, warn or error
    /// @param connections whether each login and leave of a client is a line
    public record Log(Format format, String level, boolean connections, Audit audit) {

        /// How a line looks: for people or for programs.
        public enum Format {
            TEXT,
            JSON
        }

        /// Where commands of operators are kept.
        public sealed interface Audit {
            /// Nowhere but in the log.
            record Off() implements Audit {}

            /// One JSON object a line, appended to `path`.
            record File(Path path) implements Audit {}
        }
    }
}
