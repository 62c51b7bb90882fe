package dev.pointsman.core.session.unit;

import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.message.RequestPeek;
import dev.pointsman.core.wire.sql.Keyword;

import io.netty.buffer.ByteBuf;

import java.util.HashMap;
import java.util.Map;

/// Tells a client's COMMIT and ROLLBACK, also when they come as prepared statements with a name, as
/// some drivers send them.
public final class TransactionEnds {
    private static final int MOST = 64;

    private final Map<String, Keyword> named = new HashMap<>();

    /// A Parse with a name is sent on.
    public void onNamedParse(FrameScanner message) {
        Keyword said = of(FrontendType.PARSE, message);
        boolean end = isEnd(said);
        if (!end && named.isEmpty()) {
            return;
        }
        int from = message.bodyStart();
        int to = from + message.bodyKept();
        String name = RequestPeek.parseStatement(message.bytes(), from, to);
        if (!end) {
            named.remove(name);
        } else if (named.size() < MOST) {
            named.put(name, said);
        }
    }

    /// The first word of a Query or Parse.
    public Keyword of(int type, FrameScanner message) {
        ByteBuf bytes = message.bytes();
        int from = message.bodyStart();
        int to = from + message.bodyKept();
        return switch (type) {
            case FrontendType.QUERY -> Keyword.first(bytes, from, to);
            case FrontendType.PARSE ->
                    Keyword.first(bytes, RequestPeek.parseSqlStart(bytes, from, to), to);
            default -> Keyword.OTHER;
        };
    }

    /// The first word of the statement that a Bind runs, as far as it ends transactions.
    public Keyword ofBind(FrameScanner message) {
        if (named.isEmpty()) {
            return Keyword.OTHER;
        }
        int from = message.bodyStart();
        int to = from + message.bodyKept();
        String name = RequestPeek.bindStatement(message.bytes(), from, to);
        return named.getOrDefault(name, Keyword.OTHER);
    }

    private static boolean isEnd(Keyword said) {
        return said == Keyword.COMMIT
                || said == Keyword.END
                || said == Keyword.ROLLBACK
                || said == Keyword.ABORT;
    }
}
