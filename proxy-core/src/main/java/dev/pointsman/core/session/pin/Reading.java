package dev.pointsman.core.session.pin;

import dev.pointsman.core.wire.sql.SqlWords;

import io.netty.buffer.ByteBuf;

/// Reads statements for what they may leave in their server connection: bits of [Trace]. Goes once
/// through the text and allocates nothing; says yes too often rather than once too seldom.
///
/// To be used again and again, on one event loop.
final class Reading {
    private enum Naming {
        NOTHING,
        SETTING,
        /// Behind SET SESSION.
        OF_SESSION,
        /// A setting that follows its client was named; a dot would make it another.
        NAMED,
        PREPARED
    }

    private final SqlWords words = new SqlWords();
    private final ConfigCall call = new ConfigCall();
    private Naming naming = Naming.NOTHING;
    private int first;
    private int before;
    private int found;

    /// What all statements of the text at `from` may leave; `to` is the end of the bytes at hand.
    int of(ByteBuf bytes, int from, int to, Lexicon lexicon) {
        words.begin(bytes, from, to);
        found = lexicon.everythingHides() ? Trace.HIDDEN : Trace.NONE;
        call.restart();
        begin();
        for (int token = words.next(); token != SqlWords.END; token = words.next()) {
            take(token, lexicon);
        }
        found |= call.end();
        return found;
    }

    private void begin() {
        first = -1;
        before = 0;
        naming = Naming.NOTHING;
    }

    private void take(int token, Lexicon lexicon) {
        boolean named = token == SqlWords.WORD || token == SqlWords.QUOTED;
        int meaning = named || call.wantsName(token) ? lexicon.meaning(words) : 0;
        found |= call.take(token, meaning);
        if (named) {
            word(token, meaning);
        } else if (token == ';') {
            begin();
        } else if (token == '.' && naming == Naming.NAMED) {
            found |= Trace.SETTINGS;
        }
    }

    private void word(int token, int meaning) {
        found |= anywhere(meaning);
        if (naming != Naming.NOTHING) {
            found |= name(meaning);
        } else if (first < 0 && token == SqlWords.WORD) {
            first = meaning;
            found |= beginning(meaning);
        } else if ((meaning & Lexicon.HOLD) != 0 && (first & Lexicon.DECLARE) != 0) {
            found |= Trace.CURSORS;
        } else if ((meaning & Lexicon.TEMP) != 0 && (before & Lexicon.BEFORE_TEMP) != 0) {
            found |= Trace.TABLES;
        }
        before = meaning;
    }

    private static int anywhere(int meaning) {
        int traces = (meaning & Lexicon.HIDES) != 0 ? Trace.HIDDEN : Trace.NONE;
        traces |= (meaning & Lexicon.LOCKS) != 0 ? Trace.LOCKS : Trace.NONE;
        traces |= (meaning & Lexicon.UNLOCKS) != 0 ? Trace.RELEASE : Trace.NONE;
        traces |= (meaning & Lexicon.EXECUTE) != 0 ? Trace.EXECUTES : Trace.NONE;
        traces |= (meaning & Lexicon.CONNECTS) != 0 ? Trace.LOADED : Trace.NONE;
        return traces | ((meaning & Lexicon.TEMP_SCHEMA) != 0 ? Trace.TABLES : Trace.NONE);
    }

    private int beginning(int meaning) {
        if ((meaning & Lexicon.SET) != 0) {
            naming = Naming.SETTING;
        } else if ((meaning & Lexicon.PREPARE) != 0) {
            naming = Naming.PREPARED;
        }
        int traces = (meaning & Lexicon.LISTEN) != 0 ? Trace.LISTENS : Trace.NONE;
        traces |= (meaning & Lexicon.LOAD) != 0 ? Trace.LOADED : Trace.NONE;
        if ((meaning & Lexicon.RUNS_HIDDEN) != 0) {
            traces |= Trace.HIDDEN;
        }
        if ((meaning & Lexicon.RELEASING) != 0) {
            traces |= Trace.RELEASE | Trace.FOLLOWED;
        }
        return traces;
    }

    /// What SET or PREPARE is said of.
    private int name(int meaning) {
        Naming what = naming;
        naming = Naming.NOTHING;
        return switch (what) {
            case PREPARED -> (meaning & Lexicon.TRANSACTION) == 0 ? Trace.STATEMENTS : Trace.NONE;
            case SETTING, OF_SESSION -> setting(what, meaning);
            case NAMED, NOTHING -> Trace.NONE;
        };
    }

    private int setting(Naming what, int meaning) {
        if ((meaning & Lexicon.SESSION) != 0) {
            naming = Naming.OF_SESSION;
            return Trace.NONE;
        }
        boolean ofSession = what == Naming.OF_SESSION;
        if (ofSession && (meaning & Lexicon.AUTHORIZATION) != 0) {
            return Trace.ROLE;
        }
        if (!ofSession && (meaning & Lexicon.LOCAL) != 0) {
            return (meaning & Lexicon.TRANSACTION) == 0 ? Trace.LOCAL : Trace.NONE;
        }
        if ((meaning & Lexicon.ROLE) != 0) {
            return Trace.ROLE;
        }
        int traces = ofName(meaning);
        if (traces != Trace.SETTINGS) {
            naming = Naming.NAMED;
        }
        return traces;
    }

    /// What changing a setting of this name leaves.
    static int ofName(int meaning) {
        if ((meaning & Lexicon.REPORTED) != 0) {
            return Trace.NONE;
        }
        return (meaning & Lexicon.FOLLOWED) != 0 ? Trace.FOLLOWED : Trace.SETTINGS;
    }
}
