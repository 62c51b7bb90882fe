package dev.pointsman.core.session.pin;

import java.util.ArrayList;
import java.util.List;

/// Why a server connection stays with one client, as `SHOW CLIENTS` spells it.
enum Reason {
    SETTINGS(Trace.SETTINGS, "set"),
    ROLE(Trace.ROLE, "role"),
    LISTENS(Trace.LISTENS, "listen"),
    LOCKS(Trace.LOCKS, "advisory_lock"),
    TABLES(Trace.TABLES, "temp_table"),
    CURSORS(Trace.CURSORS, "cursor"),
    STATEMENTS(Trace.STATEMENTS, "prepare"),
    LOADED(Trace.LOADED, "load"),
    UNNAMED(Trace.UNNAMED, "unnamed_statement");

    private final int trace;
    private final String word;

    Reason(int trace, String word) {
        this.trace = trace;
        this.word = word;
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
