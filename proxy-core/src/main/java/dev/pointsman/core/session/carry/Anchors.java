package dev.pointsman.core.session.carry;

import dev.pointsman.core.wire.sql.Keyword;
import dev.pointsman.core.wire.sql.SqlText;

import io.netty.buffer.ByteBuf;

import java.util.EnumSet;
import java.util.Set;

/// What a session seems to hold that lives in its server alone, told from the statements it has
/// sent: for people who look before a cutover. When it comes to it the server itself is asked.
final class Anchors {
    private enum Anchor {
        LISTENS("it listens for notifications"),
        LOCKS("it may hold advisory locks"),
        TABLES("it may have temporary tables"),
        OBJECTS("it may have functions, types or the like in pg_temp"),
        CURSORS("it may have a cursor WITH HOLD");

        private final String words;

        Anchor(String words) {
            this.words = words;
        }
    }

    private static final byte[] ADVISORY_LOCK = SqlText.needle("advisory_lock");
    private static final byte[] TEMP = SqlText.needle(" temp");
    private static final byte[] TEMP_SCHEMA = SqlText.needle("pg_temp");
    private static final byte[] INTO_TEMP = SqlText.needle("into temp");
    private static final byte[] HOLD = SqlText.needle("with hold");
    private static final byte[] EVERY = SqlText.needle("*");
    private static final byte[] ALL = SqlText.needle("all");

    private final Set<Anchor> seen = EnumSet.noneOf(Anchor.class);
    private String words = "";

    /// One statement, of which `first` is the first word.
    void learn(Keyword first, ByteBuf bytes, int from, int to) {
        switch (first) {
            case LISTEN -> add(Anchor.LISTENS);
            case UNLISTEN -> {
                if (SqlText.contains(bytes, from, to, EVERY)) {
                    remove(EnumSet.of(Anchor.LISTENS));
                }
            }
            case CREATE -> {
                addIf(TEMP, Anchor.TABLES, bytes, from, to);
                addIf(TEMP_SCHEMA, Anchor.OBJECTS, bytes, from, to);
            }
            case DECLARE -> addIf(HOLD, Anchor.CURSORS, bytes, from, to);
            case SELECT, WITH, DO -> {
                addIf(ADVISORY_LOCK, Anchor.LOCKS, bytes, from, to);
                addIf(INTO_TEMP, Anchor.TABLES, bytes, from, to);
            }
            case DISCARD -> {
                if (SqlText.contains(bytes, from, to, ALL)) {
                    remove(EnumSet.allOf(Anchor.class));
                } else if (SqlText.contains(bytes, from, to, TEMP)) {
                    remove(EnumSet.of(Anchor.TABLES, Anchor.OBJECTS));
                }
            }
            case CLOSE -> {
                if (SqlText.contains(bytes, from, to, ALL)) {
                    remove(EnumSet.of(Anchor.CURSORS));
                }
            }
            default -> {}
        }
    }

    boolean listens() {
        return seen.contains(Anchor.LISTENS);
    }

    /// Empty for nothing. Any thread, at about this moment.
    String words() {
        return words;
    }

    private void addIf(byte[] needle, Anchor anchor, ByteBuf bytes, int from, int to) {
        if (SqlText.contains(bytes, from, to, needle)) {
            add(anchor);
        }
    }

    private void add(Anchor anchor) {
        if (seen.add(anchor)) {
            describe();
        }
    }

    private void remove(Set<Anchor> gone) {
        if (seen.removeAll(gone)) {
            describe();
        }
    }

    private void describe() {
        words = String.join(", ", seen.stream().map(anchor -> anchor.words).toList());
    }
}
