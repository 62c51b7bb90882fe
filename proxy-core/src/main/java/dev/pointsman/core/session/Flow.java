package dev.pointsman.core.session;

import dev.pointsman.core.pool.Borrower;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.clock.Doing;
import dev.pointsman.core.session.pin.PinErrors;
import dev.pointsman.core.session.pin.Pins;
import dev.pointsman.core.session.prepared.PreparedStatements;
import dev.pointsman.core.session.relay.ClientSide;
import dev.pointsman.core.session.relay.Conversation;
import dev.pointsman.core.session.relay.GivenUp;
import dev.pointsman.core.session.relay.Inspection;
import dev.pointsman.core.session.relay.ServerSide;
import dev.pointsman.core.session.relay.Straggler;
import dev.pointsman.core.session.unit.TransactionEnds;
import dev.pointsman.core.session.unit.UnitTracker;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.ProtocolViolation;

import org.jspecify.annotations.Nullable;

/// The way of one session's messages: through the gate, into the pool, to the server, and out again
/// when the transaction is over. Keeps the session's [SessionState]. Confined to its event loop.
///
/// Bytes wait in the client's relay until [#pump] decides on them message by message: the first of
/// a transaction asks the gate, those inside go on to the server as they come.
final class Flow {
    private final Session session;
    private final SessionScope scope;
    private final ClientSide client;
    private final UnitTracker tracker;
    private final PreparedStatements prepared;
    private final Pins pins;
    private final Link link;
    private final SessionJournal journal;
    private final boolean perTransaction;
    private final TransactionEnds ends = new TransactionEnds();
    private final GivenUp givenUp;
    private final Inspection inspection;
    private final Borrower borrower = new Lent();

    private SessionState state = SessionState.IDLE;
    private @Nullable Straggler straggler;
    private boolean pumping;
    private boolean asking; // what the transaction has left
    private boolean reading;

    Flow(
            Session session,
            SessionScope scope,
            Conversation conversation,
            Link link,
            SessionJournal journal) {
        this.session = session;
        this.scope = scope;
        this.client = conversation.client();
        this.tracker = conversation.tracker();
        this.prepared = conversation.prepared();
        this.link = link;
        this.journal = journal;
        this.perTransaction = conversation.perTransaction();
        this.givenUp = new GivenUp(client, ends);
        this.inspection = new Inspection(conversation);
        this.pins = conversation.pins();
    }

    SessionState state() {
        return state;
    }

    /// What time is spent with; at about this moment, any thread.
    Doing doing() {
        return switch (state) {
            case IDLE -> Doing.IDLE;
            case INSIDE -> tracker.running() ? Doing.RUNNING : Doing.IDLE_IN_TRANSACTION;
            case HELD, WAITING, MOVING, GIVING_UP, ENDED -> Doing.OTHER;
        };
    }

    Inspection inspection() {
        return inspection;
    }

    /// Whether a burst of reads is under way: what is written is flushed at its end.
    void reading(boolean now) {
        reading = now;
    }

    /// Back between transactions, from wherever the session waited.
    void stopWaiting() {
        state = SessionState.IDLE;
    }

    void end() {
        withdraw();
        state = SessionState.ENDED;
        endStraggler();
    }

    /// Decides on as many messages as can be decided on now.
    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            do {
                while (step()) {
                    // one message each
                }
            } while (settle());
        } catch (ProtocolViolation violation) {
            session.endWith(violation.report(), EndReason.CLIENT_VIOLATION);
        } finally {
            pumping = false;
        }
        if (state != SessionState.ENDED) {
            client.updateReading();
        }
        if (!reading) {
            link.flush();
            client.flush();
        }
    }

    private boolean step() {
        if (state == SessionState.ENDED) {
            return false;
        }
        int type = client.relay().next();
        if (type == FrameScanner.NONE) {
            return false;
        }
        if (type == FrontendType.TERMINATE) {
            session.end(EndReason.TERMINATED);
            return false;
        }
        return switch (state) {
            case IDLE -> client.skips(type) || ask(type);
            case INSIDE -> client.skips(type) || sendOn(type);
            case HELD, WAITING, MOVING, GIVING_UP, ENDED -> false;
        };
    }

    /// The first message of a transaction.
    private boolean ask(int type) {
        if (client.leftOver(type)) {
            return true;
        }
        if (givenUp.answers(type)) {
            return true;
        }
        client.relay().cut();
        if (!scope.gate().ask(session)) {
            hold();
        } else if (link.server() == null) {
            state = SessionState.WAITING;
            link.borrow(borrower);
        } else if (link.isOnServingServer()) {
            enter();
        } else {
            move();
        }
        return state == SessionState.INSIDE;
    }

    /// A message of a transaction that was let in.
    private boolean sendOn(int type) {
        ServerSide linked = link.server();
        boolean unitByUnit = straggler != null || !scope.gate().isOpen();
        boolean waits = prepared.mustWait(type) || (unitByUnit && mustWait(type));
        if (linked == null || waits) {
            client.relay().cut();
            return false;
        }
        FrameScanner message = client.relay().message();
        int traces = inspection.note(type, message, tracker.status());
        if (perTransaction && traces != 0) {
            if (!pins.admits(traces)) {
                return refusePin(type);
            }
            pins.note(traces);
        }
        if (type == FrontendType.PARSE && inspection.named(message)) {
            ends.onNamedParse(message);
        }
        if (tracker.due() == 0) {
            journal.times().onRequest();
        }
        if (perTransaction && prepared.sendOn(type)) {
            return true;
        }
        tracker.onSent(type);
        if (message.bodyWhole() || !Inspection.looksAt(type)) {
            client.relay().pass();
        } else {
            client.relay().pass(inspection.readOn(type, message));
        }
        return true;
    }

    /// Refuses a statement that needs the server connection to stay with the client, as far as it
    /// can be told of now: a Query waits for the answers to what was sent before it.
    private boolean refusePin(int type) {
        if (type == FrontendType.QUERY) {
            if (!tracker.atUnitBoundary()) {
                client.relay().cut();
                return false;
            }
            prepared.refuseQuery(PinErrors.tooMany(false));
        } else {
            prepared.refuse(PinErrors.tooMany(false));
        }
        return true;
    }

    /// While the gate is closing, or a cancel for a cutover is under way, one unit at a time goes
    /// on, up to the transaction's end; COPY data belongs to the unit at hand.
    private boolean mustWait(int type) {
        boolean takesCopy = tracker.takesCopyData() || FrontendType.isCopy(type);
        boolean unitIsOut = tracker.due() > 0 && !takesCopy;
        Straggler ending = straggler;
        return unitIsOut || tracker.quiet() || (ending != null && ending.keeps(type));
    }

    /// Leaves the gate's inside when the transaction is over. True: messages may be waiting.
    private boolean settle() {
        ServerSide linked = link.server();
        if (linked == null || linked.awaitsOwn()) {
            return false;
        }
        if (state == SessionState.INSIDE && tracker.quiet() && !client.relay().insideMessage()) {
            state = SessionState.GIVING_UP;
        }
        if (state == SessionState.GIVING_UP) {
            boolean inOrder = straggler == null || straggler.isRolledBack();
            if (inOrder && !asking && isSettled(linked)) {
                leave();
                return state != SessionState.ENDED && client.relay().waiting() > 0;
            }
            return false;
        }
        if (state == SessionState.INSIDE && straggler != null && straggler.advance()) {
            state = SessionState.GIVING_UP;
        }
        return false;
    }

    /// Whether the server connection can be left: for good, or until the next transaction, when no
    /// cancel request may hit that. What the transaction has left there is asked first.
    private boolean isSettled(ServerSide linked) {
        if (!perTransaction) {
            return linked.isCalm();
        }
        pins.unnamed(prepared.leavesUnnamed());
        if (!pins.any() && !pins.isDue()) {
            return true;
        }
        if (!linked.isCalm()) {
            return false;
        }
        if (!pins.isDue()) {
            return true;
        }
        asking = true;
        pins.ask(
                linked.connection(),
                inspection.names().names(),
                followed -> {
                    asking = false;
                    if (state != SessionState.ENDED) {
                        linked.takeFollowed(followed);
                        pump();
                    }
                });
        // A connection that is lost answers at once.
        return !asking;
    }

    private void enter() {
        ServerSide linked = link.server();
        if (linked == null) {
            throw new IllegalStateException("inside without a server connection");
        }
        scope.gate().enter(session);
        tracker.restart();
        state = SessionState.INSIDE;
        journal.times().onTransaction();
        givenUp.onInside(linked);
    }

    private void leave() {
        client.relay().cut();
        tracker.restart();
        scope.meter().transaction(journal.times().transactionNanos());
        state = SessionState.IDLE;
        if (perTransaction && !pins.any()) {
            link.giveBack();
            inspection.forgetNames();
        }
        endStraggler();
        scope.gate().leave(session);
        if (pins.isTooMany()) {
            session.endWith(PinErrors.tooMany(true), EndReason.TOO_MANY_PINNED);
        }
    }

    private void hold() {
        state = SessionState.HELD;
        scope.gate().hold(session);
        client.gateHasRoom(scope.gate().keep(session, client.relay().waiting()));
    }

    /// Gives up the place at the gate and in the pool's queue.
    void withdraw() {
        link.cancelBorrow(borrower);
        if (!session.place().isInside()) {
            scope.gate().forget(session);
        }
        client.gateHasRoom(true);
    }

    /// Answers what waits with a cancellation instead of running it, also for being carried over.
    void cancelWaiting() {
        Straggler ending = straggler;
        if (ending != null && ending.isEndingRun()) {
            return; // what waits is refused in a moment
        }
        if (state == SessionState.HELD || state == SessionState.WAITING) {
            withdraw();
            stopWaiting();
        } else if (state == SessionState.MOVING) {
            scope.gate().forget(session);
        }
        if (state != SessionState.ENDED && client.cancelWaiting(givenUp.statusAfterError())) {
            givenUp.onErrorTold();
        }
        pump();
    }

    /// Carries the session to the server that serves now.
    void move() {
        state = SessionState.MOVING;
        link.move(session, inspection.names());
    }

    /// The straggler policy `cancel` for a transaction that is under way on `linked`.
    Straggler takeBack(ServerSide linked) {
        Straggler ending = straggler;
        if (ending == null) {
            ending = new Straggler(client, tracker, linked, givenUp);
            straggler = ending;
            ending.begin();
        }
        return ending;
    }

    private void endStraggler() {
        Straggler over = straggler;
        if (over != null) {
            straggler = null;
            over.onLeft();
        }
    }

    /// What the pool says.
    private final class Lent implements Borrower {
        @Override
        public void onServer(ServerConnection connection) {
            link.borrowed();
            if (state != SessionState.WAITING) {
                scope.pool().giveBack(connection);
            } else if (!scope.gate().isOpen()) {
                scope.pool().giveBack(connection);
                hold();
            } else if (!connection.healthy()) {
                scope.pool().giveBack(connection);
                link.borrow(this);
            } else {
                link.attach(connection);
                enter();
                pump();
            }
        }

        @Override
        public void onRefused(ErrorReport why) {
            link.borrowed();
            if (state == SessionState.WAITING && !scope.gate().isOpen()) {
                // Whatever the pool lacks: it is the gate that keeps this client waiting now.
                hold();
                return;
            }
            state = SessionState.IDLE;
            session.endWith(why, EndReason.SERVER_REFUSED);
        }
    }
}
