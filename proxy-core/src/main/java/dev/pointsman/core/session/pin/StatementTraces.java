package dev.pointsman.core.session.pin;

import dev.pointsman.core.session.carry.sql.SqlStatements;

import io.netty.buffer.Unpooled;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What running any of a client's statements may leave that were prepared by SQL: read again when
/// there are others, or when more is known of functions.
final class StatementTraces {
    private @Nullable Lexicon readWith;
    private @Nullable Map<String, String> read;
    private int traces;

    int of(SqlStatements statements, Pins pins) {
        if (statements.isEmpty()) {
            return Trace.NONE;
        }
        var lexicon = pins.lexicon();
        var commands = statements.commands();
        if (lexicon != readWith || commands != read) {
            int all = Trace.NONE;
            for (String text : commands.values()) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                all |= pins.read(Unpooled.wrappedBuffer(bytes), 0, bytes.length, true);
            }
            traces = all & ~(Trace.STATEMENTS | Trace.EXECUTES);
            readWith = lexicon;
            read = commands;
        }
        return traces;
    }
}
