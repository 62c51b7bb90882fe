package dev.pointsman.core.session.prepared;

import dev.pointsman.core.server.FrameRelay;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.prepared.ServerStatements.Prepared;
import dev.pointsman.core.session.unit.UnitTracker;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;

import org.jspecify.annotations.Nullable;

/// Where messages of ours go that put statements on the server connection at hand and take them
/// off, and what is there. Confined to one event loop.
final class Outlet {
    private static final String FAILS = "the proxy refuses this message";

    private final FrameRelay client;
    private final UnitTracker tracker;
    private final SharedStatements shared;
    private final Answers answers;
    private @Nullable ServerConnection connection;
    private @Nullable ServerStatements here;

    Outlet(FrameRelay client, UnitTracker tracker, SharedStatements shared, Answers answers) {
        this.client = client;
        this.tracker = tracker;
        this.shared = shared;
        this.answers = answers;
    }

    void begin(ServerConnection on) {
        connection = on;
        here = ServerStatements.of(on);
    }

    void end() {
        connection = null;
        here = null;
    }

    /// Has the statement prepared here, in front of what is not sent yet.
    Prepared ensure(Statement statement) {
        Prepared known = there().find(statement);
        if (known != null) {
            return known;
        }
        client.cut();
        ByteBuf out = buffer();
        Prepared fresh = add(out, statement);
        StatementMessages.parse(out, fresh.name, statement.length());
        statement.write(out, on().login().server().name());
        tracker.onSent(FrontendType.PARSE);
        answers.add(new Due.Put("", statement, fresh));
        send(out);
        return fresh;
    }

    /// Lets the server fail in place of the client's message.
    void refuse(ErrorReport why) {
        ByteBuf out = instead();
        if (!tracker.discarding()) {
            Requests.parse(out, "", FAILS);
            answers.add(new Due.Refusal(why));
            tracker.onRefusalSent();
        }
        send(out);
    }

    /// The same in place of a Query.
    void refuseQuery() {
        ByteBuf out = instead();
        Requests.query(out, FAILS);
        answers.add(Answers.QUERY);
        tracker.onSent(FrontendType.QUERY);
        send(out);
    }

    /// Lets the server refuse a name that the client uses already: it may have more to say.
    void take(String name, Statement taken, int head) {
        int rest = client.message().bodyLength() + StatementMessages.HEAD - head;
        Prepared known = ensure(taken);
        client.cut();
        ByteBuf start = buffer();
        StatementMessages.parse(start, known.name, rest);
        client.passWith(start, head);
        tracker.onSent(FrontendType.PARSE);
        answers.add(new Due.Taken(PreparedErrors.taken(name)));
    }

    /// Prepares the statement of the client's Parse, whose first `head` bytes say what is said here
    /// otherwise.
    void put(String called, Statement statement, int head) {
        Prepared known = there().find(statement);
        client.cut();
        ByteBuf out = buffer();
        byte[] name;
        Due answer;
        if (known == null) {
            Prepared fresh = add(out, statement);
            name = fresh.name;
            answer = new Due.Put(called, statement, fresh);
        } else {
            // It is there. The client gets the server's word all the same: of a copy for nobody.
            close(out, StatementMessages.NOBODYS);
            name = StatementMessages.NOBODYS;
            answer = new Due.Parse(called);
        }
        send(out);
        ByteBuf start = buffer();
        StatementMessages.parse(start, name, statement.length());
        client.passWith(start, head);
        tracker.onSent(FrontendType.PARSE);
        answers.add(answer);
    }

    /// Makes room for the statement and gives it a name here.
    Prepared add(ByteBuf out, Statement statement) {
        Prepared fresh = there().add(statement);
        int most = shared.bounds().perServer();
        for (Prepared eldest = there().takeEldest(most);
                eldest != null;
                eldest = there().takeEldest(most)) {
            close(out, eldest.name);
        }
        return fresh;
    }

    /// A Close of ours.
    void close(ByteBuf out, byte[] name) {
        StatementMessages.close(out, name);
        tracker.onSent(FrontendType.CLOSE);
        answers.add(Answers.OWN_CLOSE);
    }

    /// For what is sent in place of the client's message.
    ByteBuf instead() {
        client.drop();
        client.cut();
        return buffer();
    }

    ByteBuf buffer() {
        return on().channel().alloc().buffer();
    }

    void send(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            bytes.release();
            return;
        }
        on().channel().write(bytes, on().channel().voidPromise());
    }

    ServerConnection on() {
        var now = connection;
        if (now == null) {
            throw new IllegalStateException("no server connection");
        }
        return now;
    }

    ServerStatements there() {
        var now = here;
        if (now == null) {
            throw new IllegalStateException("no server connection");
        }
        return now;
    }
}
