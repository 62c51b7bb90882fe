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
/// the statements that set them.
public final class CustomNames {
    private static final int MOST = 1_000;
    private static final byte[] SET_CONFIG = SqlText.needle("set_config");
    private static final Pattern SET =
            Pattern.compile(
                    "^[\\s;(]*set\\s+(?:session\\s+|local\\s+)?\"?([a-z_][\\w$]*\"?(?:\\.\"?[\\w$]+\"?)+)",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern CALL =
            Pattern.compile(
                    "set_config\\s*\\(\\s*(?:'([^']*)'|([^\\s']))", Pattern.CASE_INSENSITIVE);

    private final Set<String> names = new TreeSet<>();
    private String obstacle = "";

    /// Looks at one Query's or Parse's text. Allocates only when it sets something.
    public void learn(ByteBuf bytes, int from, int to) {
        for (int at = from; at < to && bytes.getByte(at) != 0; ) {
            int end = SqlText.statementEnd(bytes, at, to);
            if (Keyword.first(bytes, at, to) == Keyword.SET) {
                Matcher set = SET.matcher(text(bytes, at, end));
                if (set.find()) {
                    add(set.group(1).replace("\"", ""));
                }
            }
            at = end > at ? end : to;
        }
        if (SqlText.contains(bytes, from, to, SET_CONFIG)) {
            learnCalls(text(bytes, from, to));
        }
    }

    public Set<String> names() {
        return names;
    }

    /// Why the session cannot be carried, as far as its names tell; empty when it can.
    public String obstacle() {
        return obstacle;
    }

    private void learnCalls(String sql) {
        Matcher call = CALL.matcher(sql);
        while (call.find()) {
            String name = call.group(1);
            if (name == null) {
                obstacle = "it calls set_config with a name that cannot be told from the statement";
            } else if (name.indexOf('.') >= 0) {
                add(name);
            }
        }
    }

    private void add(String name) {
        if (names.size() < MOST) {
            names.add(name.toLowerCase(Locale.ROOT));
        } else {
            obstacle = "it has used more than " + MOST + " custom settings";
        }
    }

    private static String text(ByteBuf bytes, int from, int to) {
        return bytes.toString(from, to - from, StandardCharsets.UTF_8);
    }
}
