package dev.pointsman.core.session.pin;

import dev.pointsman.core.session.carry.sql.SqlStatements;

import io.netty.buffer.Unpooled;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/// What running any of a client's statements may leave that were prepared by SQL: read again when
/// there are others, or when more is known of functions.
final class StatementTraces {
    private @Nullable Lexicon readWith;
    private int version;
    private int traces;

    int of(SqlStatements statements, Pins pins) {
        if (statements.isEmpty()) {
            return Trace.NONE;
        }
        var lexicon = pins.lexicon();
        if (lexicon != readWith || statements.version() != version) {
            int all = Trace.NONE;
            for (String text : statements.commands()) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                all |= pins.read(Unpooled.wrappedBuffer(bytes), 0, bytes.length, true);
            }
            traces = all & ~(Trace.STATEMENTS | Trace.EXECUTES);
            readWith = lexicon;
            version = statements.version();
        }
        return traces;
    }
}
