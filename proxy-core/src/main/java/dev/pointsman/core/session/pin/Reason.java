package dev.pointsman.core.session.pin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Why a server connection stays with one client, as `SHOW CLIENTS` spells it.
enum Reason {
    SETTINGS(Trace.SETTINGS, "set", ""),
    ROLE(Trace.ROLE, "role", ""),
    LISTENS(Trace.LISTENS, "listen", "it listens for notifications"),
    LOCKS(Trace.LOCKS, "advisory_lock", "it holds advisory locks"),
    TABLES(Trace.TABLES, "temp_table", "it has temporary tables or other objects in pg_temp"),
    CURSORS(Trace.CURSORS, "cursor", "it has a cursor WITH HOLD"),
    STATEMENTS(Trace.STATEMENTS, "prepare", ""),
    LOADED(Trace.LOADED, "load", ""),
    UNNAMED(Trace.UNNAMED, "unnamed_statement", "");

    private final int trace;
    private final String word;
    private final String obstacle;

    Reason(int trace, String word, String obstacle) {
        this.trace = trace;
        this.word = word;
        this.obstacle = obstacle;
    }

    /// Of those that live in one server alone, so that a cutover ends their session.
    static String obstacles(int traces) {
        return Arrays.stream(values())
                .filter(reason -> (traces & reason.trace) != 0 && !reason.obstacle.isEmpty())
                .map(reason -> reason.obstacle)
                .collect(Collectors.joining(", "));
    }

    static String words(int traces) {
        if (traces == Trace.NONE) {
            return "";
        }
        List<String> words = new ArrayList<>();
        for (Reason reason : values()) {
            if ((traces & reason.trace) != 0) {
                words.add(reason.word);
            }
        }
        return String.join(",", words);
    }
}
