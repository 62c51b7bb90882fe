package dev.pointsman.core.session.prepared;

import dev.pointsman.core.wire.ErrorReport;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;

/// What the server still has to answer, in the order sent, and what becomes of names when it does
/// not. Confined to one event loop.
final class Answers {
    static final Due SYNC = new Due.Sync();
    static final Due OWN_SYNC = new Due.OwnSync();
    static final Due QUERY = new Due.Query();
    static final Due OTHER_CLOSE = new Due.OtherClose();
    static final Due OWN_CLOSE = new Due.OwnClose();

    private final ArrayDeque<Due> due = new ArrayDeque<>(8);
    private final ClientStatements own;

    Answers(ClientStatements own) {
        this.own = own;
    }

    void add(Due next) {
        due.add(next);
    }

    void clear() {
        due.clear();
    }

    /// Whether an earlier unit may still change what is prepared.
    boolean unsettled() {
        boolean changes = false;
        for (Due next : due) {
            switch (next) {
                case Due.Put _, Due.Close _, Due.Deallocate _ -> changes = true;
                case Due.Parse(var name) -> changes |= !name.isEmpty();
                case Due.Sync _, Due.OwnSync _, Due.Query _ -> {
                    if (changes) {
                        return true;
                    }
                }
                case Due.Taken _, Due.OtherClose _, Due.OwnClose _, Due.Refusal _ -> {}
            }
        }
        return false;
    }

    /// A ParseComplete or CloseComplete came. True: it is the client's.
    boolean isClients() {
        for (Due next = due.poll(); next != null; next = due.poll()) {
            switch (next) {
                case Due.Put put -> {
                    return !put.name().isEmpty();
                }
                case Due.Parse _, Due.Taken _, Due.Close _, Due.OtherClose _ -> {
                    return true;
                }
                case Due.OwnClose _ -> {
                    return false;
                }
                case Due.Sync _, Due.OwnSync _, Due.Query _, Due.Refusal _, Due.Deallocate _ -> {
                    // Whatever answered it, it is over: the answer to something later came.
                }
            }
        }
        return true;
    }

    /// A DEALLOCATE of one statement was done, or was refused to a Query.
    void onDeallocated(boolean done) {
        if (due.peek() instanceof Due.Deallocate(var name, var statement)) {
            due.remove();
            if (!done) {
                own.put(name, statement);
            }
        }
    }

    /// A ReadyForQuery came. True: it is the client's.
    boolean onReady() {
        for (Due next = due.poll(); next != null; next = due.poll()) {
            if (next instanceof Due.OwnSync) {
                return false;
            }
            if (next instanceof Due.Sync || next instanceof Due.Query) {
                return true;
            }
        }
        return true;
    }

    /// Whether the next ReadyForQuery is not the client's.
    boolean endsOwn() {
        return due.peek() instanceof Due.OwnSync;
    }

    /// The server takes COPY data and does not see the Syncs that were sent for after it.
    void onCopyIn() {
        due.removeIf(next -> next instanceof Due.Sync);
    }

    /// The error that came is the answer to a message of ours: what the client is told instead.
    @Nullable ErrorReport refusal() {
        for (Due next = due.peek(); next != null; next = due.peek()) {
            if (next instanceof Due.Refusal(var why)) {
                return why;
            }
            due.poll();
        }
        return null;
    }

    /// The server says that a name of ours exists already: what the client is told of its own.
    @Nullable ErrorReport taken() {
        return due.peek() instanceof Due.Taken(var why) ? why : null;
    }

    /// The server discards what was sent up to the next Sync: what it was to do is undone, the last
    /// first. False: something stays on the server that nobody knows of.
    boolean onRunFailed(ServerStatements here) {
        boolean known = true;
        var discarded = new ArrayList<Due>();
        while (!due.isEmpty() && !(due.peek() instanceof Due.Sync) && !endsOwn()) {
            discarded.add(due.remove());
        }
        for (Due one : discarded.reversed()) {
            undo(one, here);
            known &= !(one instanceof Due.OwnClose);
        }
        return known;
    }

    private void undo(Due one, ServerStatements here) {
        switch (one) {
            case Due.Put(var name, var statement, var prepared) -> {
                here.remove(statement, prepared);
                own.remove(name);
            }
            case Due.Parse(var name) -> {
                if (!name.isEmpty()) {
                    own.remove(name);
                } else if (!due.contains(one)) {
                    // No later run has made it anew.
                    own.forgetUnnamed();
                }
            }
            case Due.Close(var name, var statement) -> own.put(name, statement);
            case Due.Deallocate(var name, var statement) -> own.put(name, statement);
            case Due.Sync _,
                    Due.OwnSync _,
                    Due.Query _,
                    Due.OtherClose _,
                    Due.OwnClose _,
                    Due.Taken _,
                    Due.Refusal _ -> {}
        }
    }

    /// The client has had everything discarded that was prepared up to now; what was sent since
    /// stays.
    void onDiscarded() {
        own.clear();
        for (Due next : due) {
            if (next instanceof Due.Put put && !put.name().isEmpty()) {
                own.put(put.name(), put.statement());
            }
        }
    }
}
