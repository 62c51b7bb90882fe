package dev.pointsman.core.session.unit;

import dev.pointsman.core.wire.BackendType;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.TransactionStatus;

/// Knows which ReadyForQuery are still due, from the types of the messages that went each way.
///
/// A Query, a FunctionCall and a Sync are answered with one ReadyForQuery each, except: what
/// follows an error of the extended protocol is discarded up to the next Sync; a Sync that the
/// server reads while it takes COPY data is ignored; CopyDone and CopyFail end that. Messages that
/// were sent and not yet answered are kept in order as marks, because one that is discarded or
/// ignored is known as such only when the server's answer comes.
///
/// Allocates nothing unless a pipeline gets longer than ever before. Confined to one event loop.
public final class UnitTracker {
    private final Marks marks = new Marks();
    private TransactionStatus status = TransactionStatus.IDLE;
    private boolean discarding; // an error's rest is discarded by the server; no Sync was sent yet
    private boolean copyIn;

    /// A message of this type was sent on to the server.
    public void onSent(int type) {
        if (discarding) {
            if (type == FrontendType.SYNC) {
                discarding = false;
                marks.add(Marks.SYNC);
            }
            return;
        }
        switch (type) {
            case FrontendType.QUERY, FrontendType.FUNCTION_CALL -> marks.add(Marks.QUERY);
            case FrontendType.SYNC -> {
                if (!copyIn) {
                    marks.add(Marks.SYNC);
                }
            }
            case FrontendType.PARSE,
                    FrontendType.BIND,
                    FrontendType.DESCRIBE,
                    FrontendType.EXECUTE,
                    FrontendType.CLOSE ->
                    marks.addExtended();
            case FrontendType.COPY_DONE, FrontendType.COPY_FAIL -> {
                if (copyIn) {
                    copyIn = false;
                } else if (!marks.isEmpty()) {
                    marks.add(Marks.COPY_END);
                }
            }
            default -> {}
        }
    }

    /// A message was sent in place of the client's that makes the server fail: [#refusalIsNext]
    /// says when an error is the answer to it.
    public void onRefusalSent() {
        if (!discarding) {
            marks.add(Marks.REFUSAL);
        }
    }

    /// Whether an ErrorResponse that arrives now answers a message of ours.
    public boolean refusalIsNext() {
        marks.dropLeading(Marks.COPY_END);
        return marks.first() == Marks.REFUSAL;
    }

    /// Whether an ErrorResponse that arrives now makes the server discard the rest of a run.
    public boolean failsRun() {
        marks.dropLeading(Marks.COPY_END);
        return marks.failedExtended();
    }

    /// A message of this type came from the server; ReadyForQuery goes to [#onReady].
    public void onReceived(int type) {
        switch (type) {
            case BackendType.PARSE_COMPLETE,
                    BackendType.BIND_COMPLETE,
                    BackendType.CLOSE_COMPLETE,
                    BackendType.ROW_DESCRIPTION,
                    BackendType.NO_DATA,
                    BackendType.COMMAND_COMPLETE,
                    BackendType.EMPTY_QUERY_RESPONSE,
                    BackendType.PORTAL_SUSPENDED ->
                    marks.answerExtended();
            case BackendType.COPY_IN_RESPONSE -> onCopyIn();
            case BackendType.ERROR_RESPONSE -> onError();
            default -> {}
        }
    }

    public void onReady(TransactionStatus now) {
        status = now;
        copyIn = false;
        discarding = false;
        marks.removeThroughReady();
        marks.dropLeading(Marks.COPY_END);
    }

    /// A ReadyForQuery came for something that was not told to [#onSent].
    public void noteStatus(TransactionStatus now) {
        status = now;
    }

    /// How many ReadyForQuery are due for what was sent.
    public int due() {
        return marks.readies();
    }

    /// Whether the server still has something to answer; without that it waits for the client.
    public boolean running() {
        return marks.readies() > 0 || marks.answersDue() || copyIn;
    }

    /// Whether the server takes COPY data now.
    public boolean takesCopyData() {
        return copyIn;
    }

    /// Whether messages of the extended protocol were sent without a Sync behind them.
    public boolean unitOpen() {
        return discarding || marks.endsOpen();
    }

    /// Whether the server discards everything up to the client's next Sync.
    public boolean discarding() {
        return discarding;
    }

    /// What the last ReadyForQuery said.
    public TransactionStatus status() {
        return status;
    }

    /// Nothing is due and nothing is open but, at most, the transaction block.
    public boolean atUnitBoundary() {
        return marks.isEmpty() && !discarding && !copyIn;
    }

    /// No transaction is open and nothing of one is under way.
    public boolean quiet() {
        return status == TransactionStatus.IDLE && atUnitBoundary();
    }

    /// Forgets everything: another server connection, with no transaction open.
    public void restart() {
        marks.clear();
        status = TransactionStatus.IDLE;
        discarding = false;
        copyIn = false;
    }

    private void onCopyIn() {
        marks.dropLeading(Marks.COPY_END);
        copyIn = marks.enterCopy();
    }

    private void onError() {
        copyIn = false;
        marks.dropLeading(Marks.COPY_END);
        if (marks.failedExtended()) {
            discarding = !marks.discardToSync();
        }
    }
}
