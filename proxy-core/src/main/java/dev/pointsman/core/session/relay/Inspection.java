package dev.pointsman.core.session.relay;

import dev.pointsman.core.server.FrameRelay;
import dev.pointsman.core.session.carry.CustomNames;
import dev.pointsman.core.session.carry.TextSearch;
import dev.pointsman.core.session.pin.Pins;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.RequestPeek;
import dev.pointsman.core.wire.sql.Keyword;
import dev.pointsman.core.wire.sql.SqlText;

import io.netty.buffer.ByteBuf;

/// What a session looks at in a client's statements, as little as its pool mode allows.
public final class Inspection {
    private final boolean perTransaction;
    private final Pins pins;
    private CustomNames names = new CustomNames();
    private boolean mayHaveCommitted;
    private boolean blockMayBeOver; // what is sent behind it may run by itself
    private boolean unseenText; // a text is under way of which only the beginning was looked at
    private final TextSearch search;

    public Inspection(Conversation conversation) {
        this.perTransaction = conversation.perTransaction();
        this.pins = conversation.pins();
        this.search = names.search();
    }

    public CustomNames names() {
        return names;
    }

    /// Why the session can perhaps not be carried, for people; empty for nothing. Any thread, at
    /// about this moment.
    public String misgivings() {
        var seen = names.misgivings();
        return seen.isEmpty() ? pins.obstacles() : seen;
    }

    /// Nothing is left of what the session has set.
    public void forgetNames() {
        if (!names.names().isEmpty() || !names.misgivings().isEmpty()) {
            names = new CustomNames();
        }
    }

    /// Whether what is under way may have committed something.
    public boolean mayHaveCommitted() {
        return mayHaveCommitted;
    }

    /// Whether this Parse has a name.
    public boolean named(FrameScanner message) {
        int from = message.bodyStart();
        return RequestPeek.named(message.bytes(), from, from + message.bodyKept());
    }

    /// Whether this Bind is of a statement with a name, whose text went by before.
    private static boolean runsNamed(FrameScanner message) {
        ByteBuf bytes = message.bytes();
        int from = message.bodyStart();
        int to = from + message.bodyKept();
        return RequestPeek.named(bytes, RequestPeek.bindStatementStart(bytes, from, to), to);
    }

    /// Looks at a message that is to be sent on. In transaction mode: what running it may leave,
    /// for [Pins]; of a statement with a name that is told when it is run.
    public int note(int type, FrameScanner message, TransactionStatus status) {
        mayHaveCommitted |= status == TransactionStatus.IDLE;
        if (!looksAt(type)) {
            mayHaveCommitted |=
                    type == FrontendType.BIND && (!perTransaction || runsNamed(message));
            return type == FrontendType.FUNCTION_CALL ? Pins.ofFunctionCall() : 0;
        }
        ByteBuf bytes = message.bytes();
        int to = message.bodyStart() + message.bodyKept();
        int from = textStart(type, message);
        if (!mayHaveCommitted) {
            Keyword said = Keyword.first(bytes, from, to);
            mayHaveCommitted =
                    blockMayBeOver
                            || mayCommit(said)
                            || (type == FrontendType.QUERY && mayHoldMore(message));
            blockMayBeOver |= said == Keyword.ROLLBACK || said == Keyword.ABORT;
        }
        int traces = 0;
        if (perTransaction) {
            boolean later = type == FrontendType.PARSE && named(message);
            traces = later ? 0 : pins.read(bytes, from, to, message.bodyWhole());
        }
        if (!perTransaction || Pins.sets(traces)) {
            names.learn(bytes, from, to, message.bodyWhole());
        }
        return traces;
    }

    /// Whether messages of this type have a text that is looked at.
    public static boolean looksAt(int type) {
        return type == FrontendType.QUERY || type == FrontendType.PARSE;
    }

    /// Looks through the rest of a long text that is sent on.
    public FrameRelay.Tail readOn(int type, FrameScanner message) {
        unseenText = true;
        int to = message.bodyStart() + message.bodyKept();
        return search.begin(message.bytes(), textStart(type, message), to);
    }

    private static int textStart(int type, FrameScanner message) {
        int from = message.bodyStart();
        return type == FrontendType.QUERY
                ? from
                : RequestPeek.parseSqlStart(message.bytes(), from, from + message.bodyKept());
    }

    /// SET was run, perhaps by the part of a text that was not looked at.
    public void onSet() {
        if (unseenText && !perTransaction) {
            names.onUnseenSet();
        }
    }

    public void onAnswered() {
        mayHaveCommitted = false;
        blockMayBeOver = false;
        unseenText = false;
    }

    /// Whether a Query holds, or may hold, more than one statement.
    private static boolean mayHoldMore(FrameScanner message) {
        ByteBuf bytes = message.bytes();
        int to = message.bodyStart() + message.bodyKept();
        int end = SqlText.statementEnd(bytes, message.bodyStart(), to);
        return !message.bodyWhole() || Keyword.first(bytes, end, to) != Keyword.EMPTY;
    }

    private static boolean mayCommit(Keyword said) {
        return switch (said) {
            case COMMIT, END, PREPARE, EXECUTE, CALL, DO, CUT -> true;
            default -> false;
        };
    }
}
