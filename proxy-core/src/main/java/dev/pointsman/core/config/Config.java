package dev.pointsman.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Everything that a file of settings says, checked as a whole: who holds one may rely on every
/// name in it leading somewhere. Immutable; a reload makes another one.
///
/// @param state the folder of the journal and the reports, absolute
/// @param users the users that clients log in as, by name
/// @param databases by the name that clients connect to, in the order of the file
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
        Limits limits,
        Duration shutdownTimeout) {

    public Config {
        users = inOrder(users);
        databases = inOrder(databases);
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
    public record Auth(AuthType type) {}

    /// The ways of proving it that the proxy knows.
    public enum AuthType {
        TRUST,
        MD5,
        SCRAM_SHA_256
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
