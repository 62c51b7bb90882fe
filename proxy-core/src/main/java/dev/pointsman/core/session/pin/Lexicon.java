package dev.pointsman.core.session.pin;

import dev.pointsman.core.wire.sql.SqlWords;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The words that matter in a statement on one server: those of SQL, the settings that follow their
/// clients, and the functions that may leave something behind. Immutable.
public final class Lexicon {
    /// What a word is; several of them may be said of one word.
    static final int SET = 1;

    static final int LOCAL = 1 << 1;
    static final int SESSION = 1 << 2;
    static final int CHARACTERISTICS = 1 << 3;
    static final int AUTHORIZATION = 1 << 4;
    static final int ROLE = 1 << 5;
    static final int TRANSACTION = 1 << 6;
    static final int TRUE = 1 << 7;
    static final int RELEASING = 1 << 8;
    static final int LISTEN = 1 << 9;
    static final int LOAD = 1 << 10;
    static final int RUNS_HIDDEN = 1 << 11;
    static final int DECLARE = 1 << 12;
    static final int HOLD = 1 << 13;
    static final int PREPARE = 1 << 14;
    static final int BEFORE_TEMP = 1 << 15;
    static final int TEMP = 1 << 16;
    static final int TEMP_SCHEMA = 1 << 17;
    static final int LOCKS = 1 << 18;
    static final int UNLOCKS = 1 << 19;
    static final int CONNECTS = 1 << 20;
    static final int SET_CONFIG = 1 << 21;
    static final int HIDES = 1 << 22;
    static final int REPORTED = 1 << 23;
    static final int FOLLOWED = 1 << 24;
    static final int EXECUTE = 1 << 25;

    /// What servers report, and what stands for one of them behind SET.
    private static final Set<String> ALWAYS_REPORTED =
            Set.of(
                    "client_encoding",
                    "names",
                    "datestyle",
                    "timezone",
                    "time",
                    "standard_conforming_strings",
                    "application_name",
                    "intervalstyle");

    private static final List<String> WRITES =
            List.of("insert", "update", "delete", "merge", "copy", "truncate");

    private final byte[][] words;
    private final int[] meanings;
    private final boolean everythingHides;

    private Lexicon(Map<String, Integer> from, boolean everythingHides) {
        int room = Integer.highestOneBit(from.size() * 4) * 2;
        this.words = new byte[room][];
        this.meanings = new int[room];
        this.everythingHides = everythingHides;
        from.forEach(
                (word, meaning) -> {
                    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
                    int at = SqlWords.hash(bytes) & (room - 1);
                    while (words[at] != null) {
                        at = (at + 1) & (room - 1);
                    }
                    words[at] = bytes;
                    meanings[at] = meaning;
                });
    }

    /// How much may run functions that may leave something without naming them.
    enum Hiding {
        NOTHING,
        /// Triggers, defaults and constraints do.
        WRITES,
        /// Views, policies, operators or casts do; or nobody knows yet.
        EVERYTHING
    }

    /// @param reported names of the settings that the server reports
    /// @param followed names of those that follow their clients besides
    /// @param functions names of functions that may leave something
    static Lexicon of(
            Collection<String> reported,
            Collection<String> followed,
            Collection<String> functions,
            Hiding hiding) {
        var all = new HashMap<String, Integer>();
        grammar(all);
        ALWAYS_REPORTED.forEach(name -> say(all, REPORTED, name));
        followed.forEach(name -> say(all, FOLLOWED, name.toLowerCase(Locale.ROOT)));
        reported.forEach(name -> say(all, REPORTED, name.toLowerCase(Locale.ROOT)));
        if (all.containsKey("search_path")) {
            say(all, all.get("search_path"), "schema");
        }
        functions.forEach(name -> say(all, HIDES, name.toLowerCase(Locale.ROOT)));
        if (hiding == Hiding.WRITES) {
            WRITES.forEach(word -> say(all, HIDES, word));
        }
        return new Lexicon(all, hiding == Hiding.EVERYTHING);
    }

    private static void grammar(Map<String, Integer> all) {
        say(all, SET, "set");
        say(all, LOCAL, "local", "constraints");
        say(all, LOCAL | TRANSACTION, "transaction");
        say(all, SESSION, "session");
        say(all, CHARACTERISTICS, "characteristics");
        say(all, AUTHORIZATION, "authorization");
        say(all, ROLE, "role");
        say(all, TRUE, "true", "t", "on", "yes");
        say(all, RELEASING, "reset", "discard", "unlisten", "close", "deallocate", "drop");
        say(all, LISTEN, "listen");
        say(all, LOAD, "load");
        say(all, RUNS_HIDDEN, "do", "call");
        say(all, DECLARE, "declare");
        say(all, HOLD, "hold");
        say(all, PREPARE, "prepare");
        say(all, EXECUTE, "execute");
        say(all, BEFORE_TEMP, "create", "replace", "local", "global", "into");
        say(all, TEMP, "temp", "temporary");
        say(all, TEMP_SCHEMA, "pg_temp");
        say(all, LOCKS, "pg_advisory_lock", "pg_advisory_lock_shared");
        say(all, LOCKS, "pg_try_advisory_lock", "pg_try_advisory_lock_shared");
        say(all, UNLOCKS, "pg_advisory_unlock", "pg_advisory_unlock_shared");
        say(all, UNLOCKS, "pg_advisory_unlock_all");
        say(all, CONNECTS, "dblink_connect", "dblink_connect_u");
        say(all, SET_CONFIG, "set_config");
        say(all, HIDES, "query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema");
        say(all, HIDES, "ts_stat", "ts_rewrite");
    }

    private static void say(Map<String, Integer> all, int meaning, String... words) {
        for (String word : words) {
            all.merge(word, meaning, (one, other) -> one | other);
        }
    }

    /// Whether any statement may run functions that may leave something.
    boolean everythingHides() {
        return everythingHides;
    }

    /// What the word, name or string says that the reader is at; 0: nothing.
    int meaning(SqlWords at) {
        int index = at.hash() & (words.length - 1);
        while (words[index] != null) {
            if (at.is(words[index])) {
                return meanings[index];
            }
            index = (index + 1) & (words.length - 1);
        }
        return 0;
    }
}
