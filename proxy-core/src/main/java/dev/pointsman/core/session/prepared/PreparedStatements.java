package dev.pointsman.core.session.prepared;

import dev.pointsman.core.server.FrameRelay;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.pin.PinErrors;
import dev.pointsman.core.session.pin.Pins;
import dev.pointsman.core.session.prepared.ServerStatements.Prepared;
import dev.pointsman.core.session.prepared.SqlCommands.Command;
import dev.pointsman.core.session.unit.UnitTracker;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.message.RequestPeek;
import dev.pointsman.core.wire.message.ServerMessage;

import io.netty.buffer.ByteBuf;

import org.jspecify.annotations.Nullable;

/// Lets the named prepared statements of one client follow it from one server connection to the
/// next. Confined to the session's event loop.
///
/// A client's name is exchanged for one of ours under which the statement is prepared on the server
/// connection at hand, by a Parse of ours if need be. Nothing is answered here: see [Answers].
public final class PreparedStatements {
    private static final byte[] NOBODYS = StatementMessages.NOBODYS;
    private static final Due UNNAMED = new Due.Parse("");

    private final FrameRelay client;
    private final UnitTracker tracker;
    private final SharedStatements shared;
    private final ClientStatements own = new ClientStatements();
    private final Answers answers = new Answers(own);
    private final Outlet outlet;
    private final Pins pins;
    private final SqlCommands commands;
    private @Nullable Command unnamed; // what the unnamed statement stands for
    private @Nullable Command bound;
    private boolean told; // what failed in front of the Query that waits for its answer
    private @Nullable ErrorReport queryRefusal;
    private boolean discarding; // a statement under way may do away with what is prepared

    public PreparedStatements(
            FrameRelay client, UnitTracker tracker, SharedStatements shared, Pins pins) {
        this.client = client;
        this.tracker = tracker;
        this.shared = shared;
        this.pins = pins;
        this.outlet = new Outlet(client, tracker, shared, answers);
        this.commands = new SqlCommands(client, tracker, answers, own, outlet);
    }

    /// From now on the session works on this connection.
    public void begin(ServerConnection on) {
        outlet.begin(on);
        answers.clear();
    }

    /// It works on none.
    public void end() {
        outlet.end();
        discarding = false;
        told = false;
        unnamed = null;
        bound = null;
        own.forgetUnnamed();
        answers.clear();
    }

    /// Whether the client's next message waits for an answer to an earlier unit, which says what
    /// names mean. Clients that wait for their own Parse never do.
    public boolean mustWait(int type) {
        if (tracker.discarding()) {
            return false; // only the client's Sync brings the next answer
        }
        return switch (type) {
            case FrontendType.PARSE, FrontendType.BIND, FrontendType.DESCRIBE, FrontendType.CLOSE ->
                    discarding || answers.unsettled();
            case FrontendType.QUERY -> discarding || commands.mustWait();
            default -> discarding;
        };
    }

    /// Sends on what stands for the message that the client's relay is at. False: it is to be
    /// passed as it is.
    public boolean sendOn(int type) {
        if (tracker.discarding()) {
            if (type == FrontendType.SYNC) {
                answers.add(Answers.SYNC);
            }
            return false;
        }
        return switch (type) {
            case FrontendType.PARSE -> parse();
            case FrontendType.BIND -> bind();
            case FrontendType.DESCRIBE -> describe();
            case FrontendType.CLOSE -> close();
            case FrontendType.SYNC -> {
                if (!tracker.takesCopyData()) {
                    answers.add(Answers.SYNC);
                }
                yield false;
            }
            case FrontendType.EXECUTE -> {
                if (bound != null) {
                    commands.onRun(bound);
                }
                yield false;
            }
            case FrontendType.QUERY -> query();
            case FrontendType.FUNCTION_CALL -> {
                answers.add(Answers.QUERY);
                yield false;
            }
            default -> false;
        };
    }

    private boolean query() {
        own.forgetUnnamed();
        int from = client.message().bodyStart();
        var taken = tracker.atUnitBoundary() ? commands.taken(from) : null;
        if (taken != null) {
            refuseQuery(taken);
            return true;
        }
        var command = commands.read(from);
        discarding = command != null || StatementMessages.mayDiscard(client.message());
        if (command != null) {
            if (tracker.atUnitBoundary() && !admits(command.traces(pins))) {
                refuseQuery(PinErrors.tooMany(false));
                return true;
            }
            if (commands.query(command)) {
                return true;
            }
        }
        answers.add(Answers.QUERY);
        return false;
    }

    /// Whether what leaves this may be run; then it is noted.
    private boolean admits(int traces) {
        boolean may = pins.admits(traces);
        if (may) {
            pins.note(traces);
        }
        return may;
    }

    /// Makes the server fail in place of the message that the client's relay is at, so that
    /// everything else follows by the server's own rules; the client is told `why`.
    public void refuse(ErrorReport why) {
        outlet.refuse(why);
    }

    /// The same for a Query, with nothing under way before it.
    public void refuseQuery(ErrorReport why) {
        queryRefusal = why;
        own.forgetUnnamed();
        outlet.refuseQuery();
    }

    /// Whether the unnamed statement was made, and left to be run by a later transaction.
    public boolean leavesUnnamed() {
        return own.unnamedWaits();
    }

    /// A ParseComplete or CloseComplete came. True: it is the client's.
    public boolean isClients() {
        return answers.isClients();
    }

    /// The client has had one prepared statement deallocated.
    public void onDeallocated() {
        answers.onDeallocated(true);
    }

    /// A ReadyForQuery came, and the tracker knows. True: it is the client's.
    public boolean onReady() {
        if (!answers.onReady()) {
            return false;
        }
        told = false;
        if (tracker.atUnitBoundary()) {
            answers.clear();
        }
        discarding &= tracker.due() > 0;
        return true;
    }

    /// Whether the error that a Query is answered with was told already: something in front of it
    /// had failed.
    public boolean wasTold() {
        return told && !tracker.failsRun();
    }

    /// The server asks for COPY data, and the tracker knows.
    public void onCopyIn() {
        if (tracker.takesCopyData()) {
            answers.onCopyIn();
        }
    }

    /// An error came, and the tracker does not know yet. What the client is told instead, when it
    /// is the answer to a refused message.
    public @Nullable ErrorReport onError(ServerMessage error) {
        String sqlState = error.sqlState();
        if (PreparedErrors.isStale(error)) {
            // Nobody else is to meet it: names of ours are never used again.
            outlet.there().clear();
            outlet.on().markDirty();
        }
        ErrorReport refusal = queryRefusal;
        queryRefusal = null;
        if (tracker.refusalIsNext()) {
            refusal = answers.refusal();
        } else if (sqlState.equals(SqlState.DUPLICATE_PREPARED_STATEMENT.code())) {
            refusal = answers.taken();
        }
        if (!tracker.failsRun()) {
            answers.onDeallocated(false);
        } else {
            if (!answers.onRunFailed(outlet.there())) {
                outlet.on().markDirty();
            }
            told = answers.endsOwn();
        }
        return refusal;
    }

    /// The client has had all prepared statements of the connection discarded.
    public void onDiscarded() {
        outlet.there().clear();
        answers.onDiscarded();
    }

    private boolean parse() {
        FrameScanner message = client.message();
        ByteBuf bytes = message.bytes();
        int from = message.bodyStart();
        int to = from + message.bodyKept();
        if (!RequestPeek.named(bytes, from, to)) {
            return parseUnnamed(RequestPeek.parseSqlStart(bytes, from, to));
        }
        String name = RequestPeek.parseStatement(bytes, from, to);
        ErrorReport refusal = PreparedErrors.ofParse(message, own, shared.bounds());
        if (refusal != null) {
            refuse(refusal);
            return true;
        }
        int text = RequestPeek.parseSqlStart(bytes, from, to);
        RequestPeek.requireEnd(bytes, text, to);
        int head = StatementMessages.HEAD + text - from;
        var taken = own.find(name);
        if (taken != null) {
            outlet.take(name, taken, head);
            return true;
        }
        if (pins.keepsStatement(name)) {
            answers.add(new Due.Parse(name));
            return false;
        }
        var statement =
                shared.share(Statement.copy(bytes, text, to, outlet.on().login().server().name()));
        own.put(name, statement);
        outlet.put(name, statement, head);
        return true;
    }

    private boolean parseUnnamed(int text) {
        var taken = commands.taken(text);
        if (taken != null) {
            refuse(taken);
            return true;
        }
        unnamed = commands.read(text);
        if (unnamed != null) {
            if (refuses(unnamed.traces(pins))) {
                return true;
            }
            commands.parse(unnamed, text);
        }
        own.onUnnamed(true);
        answers.add(UNNAMED);
        return unnamed != null;
    }

    private boolean bind() {
        FrameScanner message = client.message();
        ByteBuf bytes = message.bytes();
        int from = message.bodyStart();
        int to = from + message.bodyKept();
        int name = RequestPeek.bindStatementStart(bytes, from, to);
        Statement statement = find(name, to);
        bound = RequestPeek.named(bytes, name, to) ? null : unnamed;
        if (statement == null) {
            return RequestPeek.named(bytes, name, to)
                    ? refusesOurs(name, to) || refuses(Pins.ofExecution())
                    : refusesUnnamed(true);
        }
        if (refuses(statement.traces(pins))) {
            return true;
        }
        int end = RequestPeek.requireEnd(bytes, name, to);
        Prepared prepared = outlet.ensure(statement);
        ByteBuf start = outlet.buffer();
        StatementMessages.bind(start, message, name - from, prepared.name, end - name);
        client.passWith(start, StatementMessages.HEAD + end + 1 - from);
        tracker.onSent(FrontendType.BIND);
        return true;
    }

    private boolean refuses(int traces) {
        boolean refuses = !admits(traces);
        if (refuses) {
            refuse(PinErrors.tooMany(false));
        }
        return refuses;
    }

    private boolean describe() {
        FrameScanner message = client.message();
        int from = message.bodyStart();
        int to = from + message.bodyKept();
        if (!RequestPeek.ofStatement(message.bytes(), from, to)) {
            return false;
        }
        Statement statement = find(from + 1, to);
        if (statement == null) {
            return RequestPeek.named(message.bytes(), from + 1, to)
                    ? refusesOurs(from + 1, to)
                    : refusesUnnamed(false);
        }
        Prepared prepared = outlet.ensure(statement);
        ByteBuf out = outlet.instead();
        StatementMessages.describe(out, prepared.name);
        tracker.onSent(FrontendType.DESCRIBE);
        outlet.send(out);
        return true;
    }

    /// The client's statement of this name; null: it has none, or the name is empty.
    private @Nullable Statement find(int name, int to) {
        ByteBuf bytes = client.message().bytes();
        if (!RequestPeek.named(bytes, name, to)) {
            return null;
        }
        return own.find(bytes, name, RequestPeek.requireEnd(bytes, name, to));
    }

    /// Whether the unnamed statement, which is meant, is not there: what the server has under no
    /// name may be another client's.
    private boolean refusesUnnamed(boolean runs) {
        if (!own.hasUnnamed()) {
            refuse(PreparedErrors.noUnnamed());
            return true;
        }
        if (runs) {
            own.onUnnamed(false);
        }
        return false;
    }

    /// Whether a name that the client does not have is one of ours, which it must not reach.
    private boolean refusesOurs(int name, int to) {
        String called = RequestPeek.string(client.message().bytes(), name, to);
        if (!called.startsWith(ServerStatements.PREFIX)) {
            return false;
        }
        refuse(PreparedErrors.unknown(called));
        return true;
    }

    private boolean close() {
        FrameScanner message = client.message();
        ByteBuf bytes = message.bytes();
        int from = message.bodyStart();
        int to = from + message.bodyKept();
        if (!RequestPeek.ofStatement(bytes, from, to) || !RequestPeek.named(bytes, from + 1, to)) {
            answers.add(Answers.OTHER_CLOSE);
            return false;
        }
        String name = RequestPeek.targetName(bytes, from, to);
        Statement closed = own.remove(name);
        if (closed == null && !name.startsWith(ServerStatements.PREFIX)) {
            pins.note(Pins.ofClosing());
            answers.add(Answers.OTHER_CLOSE);
            return false;
        }
        // Others may use what is prepared: nothing is closed in its place.
        ByteBuf out = outlet.instead();
        StatementMessages.close(out, NOBODYS);
        tracker.onSent(FrontendType.CLOSE);
        answers.add(closed == null ? Answers.OTHER_CLOSE : new Due.Close(name, closed));
        outlet.send(out);
        return true;
    }
}
