package dev.pointsman.core.simulation.client;

import dev.pointsman.core.session.Session;
import dev.pointsman.core.session.SessionState;
import dev.pointsman.core.simulation.client.Request.Kind;
import dev.pointsman.core.simulation.net.ByteQueue;
import dev.pointsman.core.simulation.net.Chance;
import dev.pointsman.core.simulation.net.SimulatedChannel;
import dev.pointsman.core.simulation.server.Ledger;
import dev.pointsman.core.simulation.server.Ledger.Fate;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A client: sends what its [Plan] says, reads what comes, and lets its [Judge] judge it.
public final class SimulatedClient {
    private static final int PIPELINE = 6;

    private final int id;
    private final SimulatedChannel channel;
    private final Session session;
    private final Troubles troubles;
    private final Plan plan;
    private final Judge judge;
    private final ArrayDeque<Request> open = new ArrayDeque<>();
    private CompletableFuture<Void> cancelling = CompletableFuture.completedFuture(null);
    private boolean over;

    public SimulatedClient(
            SimulatedChannel channel,
            Session session,
            boolean perTransaction,
            Chance chance,
            Common common) {
        this.id = (int) session.id();
        this.channel = channel;
        this.session = session;
        this.troubles = common.troubles();
        this.plan = new Plan(id, chance, common.ledger());
        this.judge = new Judge(id, perTransaction, troubles);
    }

    /// What all clients write down in.
    public record Common(Ledger ledger, Troubles troubles) {}

    public SimulatedChannel channel() {
        return channel;
    }

    public Session session() {
        return session;
    }

    /// Whether its connection has ended, for whatever reason.
    public boolean isOver() {
        return over;
    }

    /// Whether nothing is left to be sent or answered.
    public boolean isQuiet() {
        return over || (open.isEmpty() && plan.isEmpty() && judge.status() == 'I');
    }

    /// Something is done to it on purpose; it may see errors.
    public void excuse() {
        judge.excuse();
    }

    public boolean listens() {
        return judge.listens();
    }

    /// Sends the next request; with `fresh` it makes one up when it has none.
    public void act(boolean fresh) {
        if (over || open.size() >= PIPELINE || copies()) {
            return;
        }
        if (plan.isEmpty()) {
            if (fresh) {
                plan.think();
            } else if (open.isEmpty() && judge.status() != 'I') {
                plan.rollBack();
            }
        }
        if (plan.hasNext(open.isEmpty())) {
            Request request = plan.next();
            request.sentAt = troubles.now();
            request.cancelled = !cancelling.isDone();
            open.add(request);
            send(request);
        }
    }

    /// Nothing but its data may follow a COPY.
    private boolean copies() {
        return !open.isEmpty() && open.getLast().kind == Kind.COPY;
    }

    /// Plans one last write.
    public void lastWrite() {
        if (!over) {
            plan.lastWrite();
        }
    }

    /// A cancel request is under way: it may hit every request that is sent before its end.
    public void cancels(CompletableFuture<Void> underWay) {
        cancelling = underWay;
        open.forEach(request -> request.cancelled = true);
    }

    /// Reads whatever has come.
    public void read() {
        ByteQueue in = channel.sent();
        for (int length = in.message(); length > 0 && !over; length = in.message()) {
            take((char) in.int8(0), in);
            in.skip(length);
        }
        if (!over && channel.isClosed()) {
            over = true;
            judge.lastWords("", "closed without a word", List.copyOf(open));
        }
    }

    /// Says goodbye.
    public void leave() {
        channel.coming().begin('X').end();
        forget(Fate.UNKNOWN);
    }

    /// Its end goes away when what it has sent is through, or at once. What is held then must never
    /// be run, if only the proxy reads the socket and can see it.
    public void vanish(boolean atOnce) {
        read();
        if (over) {
            return;
        }
        if (atOnce) {
            boolean held = session.state() == SessionState.HELD;
            channel.die();
            channel.deliverAll();
            forget(held && channel.isClosed() ? Fate.FAILED : Fate.UNKNOWN);
        } else {
            channel.end();
            forget(Fate.UNKNOWN);
        }
    }

    @Override
    public String toString() {
        return "client %d, session %s, status %c, open %s, %s"
                .formatted(id, session.state(), judge.status(), open, channel.told());
    }

    private void forget(Fate fate) {
        over = true;
        for (var request : open) {
            request.ops.stream().filter(op -> !op.wasRun()).forEach(op -> op.fate(fate));
        }
        judge.lost(List.copyOf(open), Fate.UNKNOWN);
    }

    private void send(Request request) {
        ByteQueue out = channel.coming();
        switch (request.kind) {
            case INSERT -> query("insert " + request.ops.getFirst().id());
            case COPY -> query("copy " + request.ops.getFirst().id());
            case EXTENDED -> {
                for (var op : request.ops) {
                    out.begin('P').with("").with("insert " + op.id()).with16(0).end();
                    out.begin('B').with("").with("").with16(0).with16(0).with16(0).end();
                    out.begin('E').with("").with32(0).end();
                }
                out.begin('S').end();
            }
            case BEGIN, COMMIT, ROLLBACK, FAIL -> query(word(request.kind));
            case SELECT -> query("select " + request.text);
            case SET -> query("set pm.v = '" + request.text + "'");
            case SHOW -> query("show pm.v");
            case LISTEN -> query("listen c");
        }
    }

    private static String word(Kind kind) {
        return switch (kind) {
            case BEGIN -> "begin";
            case COMMIT -> "commit";
            case ROLLBACK -> "rollback";
            case FAIL -> "fail";
            case INSERT, EXTENDED, COPY, SELECT, SET, SHOW, LISTEN ->
                    throw new IllegalArgumentException(kind.name());
        };
    }

    private void query(String sql) {
        channel.coming().begin('Q').with(sql).end();
    }

    private void take(char type, ByteQueue in) {
        switch (type) {
            case 'E' -> error(in);
            case 'Z' -> {
                if (open.isEmpty()) {
                    troubles.fault("client " + id + " got an answer to nothing");
                } else {
                    judge.answered(open.removeFirst(), (char) in.int8(5));
                }
            }
            case 'C' -> current().tags.add(in.text(5));
            case 'D' -> current().values.add(value(in));
            case 'G' -> {
                channel.coming().begin('d').with("some data").end();
                channel.coming().begin('c').end();
            }
            case 'S', 'T', '1', '2', 'n', 'I', 'N' -> {}
            default -> troubles.fault("client " + id + " got a message of type " + type);
        }
    }

    private Request current() {
        if (open.isEmpty()) {
            troubles.fault("client " + id + " got a part of an answer to nothing");
            return new Request(Kind.FAIL, List.of(), "", false);
        }
        return open.getFirst();
    }

    private void error(ByteQueue in) {
        String severity = in.text(6);
        int code = 6 + severity.length() + 1 + 1 + severity.length() + 1 + 1;
        String sqlState = in.text(code);
        String text = in.text(code + sqlState.length() + 2);
        if (severity.equals("FATAL")) {
            over = true;
            judge.lastWords(sqlState, text, List.copyOf(open));
        } else {
            Request request = current();
            request.error = sqlState;
            request.message = " " + text;
        }
    }

    private static String value(ByteQueue in) {
        int length = in.int32(7);
        StringBuilder value = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            value.append((char) in.int8(11 + i));
        }
        return value.toString();
    }
}
