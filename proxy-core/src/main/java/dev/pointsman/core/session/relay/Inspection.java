package dev.pointsman.core.session.relay;

import dev.pointsman.core.session.carry.CustomNames;
import dev.pointsman.core.session.carry.Traces;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.RequestPeek;
import dev.pointsman.core.wire.sql.Keyword;

import io.netty.buffer.ByteBuf;

/// What a session looks at in a client's statements, as little as its pool mode allows.
public final class Inspection {
    private final boolean perTransaction;
    private final CustomNames names = new CustomNames();
    private boolean mayHaveCommitted;

    public Inspection(boolean perTransaction) {
        this.perTransaction = perTransaction;
    }

    public CustomNames names() {
        return names;
    }

    /// Whether what is under way may have committed something.
    public boolean mayHaveCommitted() {
        return mayHaveCommitted;
    }

    /// Whether the pool mode cannot carry this message.
    public boolean refuses(int type, FrameScanner message) {
        return perTransaction && type == FrontendType.PARSE && named(message);
    }

    /// Whether this Parse has a name.
    public boolean named(FrameScanner message) {
        int from = message.bodyStart();
        return RequestPeek.named(message.bytes(), from, from + message.bodyKept());
    }

    /// Looks at a message that is sent on; true: it may leave state that no tag will tell of.
    public boolean note(int type, FrameScanner message, TransactionStatus status) {
        mayHaveCommitted |= status == TransactionStatus.IDLE;
        if (type != FrontendType.QUERY && type != FrontendType.PARSE) {
            mayHaveCommitted |= type == FrontendType.BIND && !perTransaction;
            return false;
        }
        ByteBuf bytes = message.bytes();
        int to = message.bodyStart() + message.bodyKept();
        int from =
                type == FrontendType.QUERY
                        ? message.bodyStart()
                        : RequestPeek.parseSqlStart(bytes, message.bodyStart(), to);
        mayHaveCommitted = mayHaveCommitted || mayCommit(Keyword.first(bytes, from, to));
        if (perTransaction) {
            return Traces.inText(bytes, from, to);
        }
        names.learn(bytes, from, to);
        return false;
    }

    public void onAnswered() {
        mayHaveCommitted = false;
    }

    private static boolean mayCommit(Keyword said) {
        return switch (said) {
            case COMMIT, END, PREPARE, EXECUTE, CALL, DO, CUT -> true;
            default -> false;
        };
    }
}
