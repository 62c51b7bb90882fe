package dev.pointsman.core.session.carry.sql;

import dev.pointsman.core.wire.sql.Keyword;
import dev.pointsman.core.wire.sql.SqlText;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/// Finds one PREPARE command in the text that the catalogs keep for it, which is the whole of the
/// query string that it came in.
public final class SqlPrepare {
    private static final Pattern NAME =
            Pattern.compile(
                    "^[\\s;(]*prepare\\s+(?:\"([^\"]*+(?:\"\"[^\"]*+)*+)\"|([\\w$\\x{80}-\\x{10ffff}]+))",
                    Pattern.CASE_INSENSITIVE);

    private SqlPrepare() {}

    /// The command that makes this statement; empty when it cannot be told: none does, or several.
    public static String of(String name, String query) {
        ByteBuf bytes = Unpooled.copiedBuffer(query + '\0', StandardCharsets.UTF_8);
        String found = "";
        int commands = 0;
        int to = bytes.writerIndex();
        for (int at = 0; at < to && bytes.getByte(at) != 0; ) {
            int end = SqlText.statementEnd(bytes, at, to);
            if (Keyword.first(bytes, at, to) == Keyword.PREPARE) {
                String command = bytes.toString(at, end - at, StandardCharsets.UTF_8);
                if (makes(name, command)) {
                    found = command;
                    commands++;
                }
            }
            at = end > at ? end : to;
        }
        return commands == 1 ? found : "";
    }

    private static boolean makes(String name, String command) {
        var match = NAME.matcher(command);
        if (!match.find()) {
            return false;
        }
        String quoted = match.group(1);
        return quoted != null
                ? quoted.replace("\"\"", "\"").equals(name)
                : match.group(2).toLowerCase(Locale.ROOT).equals(name);
    }
}
