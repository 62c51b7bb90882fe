package dev.pointsman.core.session.carry;

import dev.pointsman.core.wire.sql.Keyword;
import dev.pointsman.core.wire.sql.SqlText;

import io.netty.buffer.ByteBuf;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The names of a session's custom settings (`app.user_id`), which no catalog shows: learned from
/// the statements that set them. Where a name cannot be told the session has an obstacle: better
/// not carried than carried without a setting.
///
/// What a function sets by itself, in the server, is not seen.
public final class CustomNames {
    private static final int MOST = 1_000;
    private static final int ASCII_MOST = 0x7f;
    private static final byte[] SET_CONFIG = SqlText.needle("set_config");
    private static final Pattern COMMENT =
            Pattern.compile("--[^\\n\\r]*|/\\*(?:(?!/\\*|\\*/)(?s:.))*+\\*/");
    private static final Pattern SET =
            Pattern.compile(
                    "^[\\s;(]*set\\s+(?:(?:session|local)\\s+)?(\"?[a-z_][\\w$]*+\"?+(?:\\s*\\.\\s*\"?[\\w$]++\"?+)*+)(?=[\\s=])",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern CALLED = Pattern.compile("set_config", Pattern.CASE_INSENSITIVE);
    private static final Pattern CALL =
            Pattern.compile(
                    "set_config\"?\\s*\\(\\s*'([^'\\\\]*)'\\s*(?:::\\s*\\w+\\s*)?,",
                    Pattern.CASE_INSENSITIVE);

    /// Ends with the transaction, whatever it sets.
    private static final Pattern LOCAL_CALL =
            Pattern.compile(
                    "set_config\"?\\s*\\(\\s*[^\\s',()]+\\s*,\\s*(?:[^\\s',()]+|'[^']*')\\s*,\\s*true\\s*\\)",
                    Pattern.CASE_INSENSITIVE);

    private final Set<String> names = new TreeSet<>();
    private final Anchors anchors = new Anchors();
    private String obstacle = "";

    /// Looks at one Query's or Parse's text, of which `whole` says whether it ends before `to`.
    /// Allocates only when it sets something.
    public void learn(ByteBuf bytes, int from, int to, boolean whole) {
        for (int at = from; at < to && bytes.getByte(at) != 0; ) {
            int end = SqlText.statementEnd(bytes, at, to);
            var first = Keyword.first(bytes, at, to);
            anchors.learn(first, bytes, at, end);
            if (first == Keyword.SET) {
                learnSet(text(bytes, at, end));
            } else if (first == Keyword.CUT && !whole) {
                hinder("it has sent a statement that begins with a long comment");
            }
            at = end > at ? end : to;
        }
        if (SqlText.contains(bytes, from, to, SET_CONFIG)) {
            learnCalls(text(bytes, from, to));
        }
    }

    /// Looks for calls of set_config in what goes by of a long text.
    public TextSearch search() {
        return new TextSearch(
                new byte[][] {SET_CONFIG},
                () -> hinder("it calls set_config in a statement too long to be read"));
    }

    /// SET was run in a text of which the end was not looked at.
    public void onUnseenSet() {
        hinder("it runs SET in a statement too long to be read");
    }

    public Set<String> names() {
        return names;
    }

    /// Why the session cannot be carried, as far as its names tell; empty when it can.
    public String obstacle() {
        return obstacle;
    }

    /// Whether it listens to anything, as far as what it has sent tells.
    public boolean listens() {
        return anchors.listens();
    }

    /// Why the session can perhaps not be carried, for people; empty for nothing. Any thread, at
    /// about this moment.
    public String misgivings() {
        return obstacle.isEmpty() ? anchors.words() : obstacle;
    }

    private void learnSet(String statement) {
        Matcher set = SET.matcher(withoutComments(statement));
        if (!set.find()) {
            hinder("it runs SET with a name that cannot be told from the statement");
        } else if (set.group(1).indexOf('.') >= 0) {
            add(set.group(1).replaceAll("[\"\\s]", ""));
        }
    }

    private void learnCalls(String sql) {
        String said = withoutComments(sql);
        long unknown = CALLED.matcher(said).results().count();
        unknown -= LOCAL_CALL.matcher(said).results().count();
        Matcher call = CALL.matcher(said);
        while (call.find()) {
            String name = call.group(1);
            if (name.chars().anyMatch(c -> c > ASCII_MOST)) {
                continue; // in an encoding of the client's
            }
            unknown--;
            if (name.indexOf('.') >= 0) {
                add(name);
            }
        }
        if (unknown > 0) {
            hinder("it calls set_config with a name that cannot be told from the statement");
        }
    }

    /// Comments nest: the inner ones go first.
    private static String withoutComments(String sql) {
        String left = sql;
        String before;
        do {
            before = left;
            left = COMMENT.matcher(before).replaceAll(" ");
        } while (!left.equals(before));
        return left;
    }

    private void add(String name) {
        if (names.size() < MOST) {
            names.add(name.toLowerCase(Locale.ROOT));
        } else {
            hinder("it has used more than " + MOST + " custom settings");
        }
    }

    private void hinder(String why) {
        if (obstacle.isEmpty()) {
            obstacle = why;
        }
    }

    private static String text(ByteBuf bytes, int from, int to) {
        return bytes.toString(from, to - from, StandardCharsets.UTF_8);
    }
}
