package dev.pointsman.core.simulation.client;

import dev.pointsman.core.simulation.client.Request.Kind;
import dev.pointsman.core.simulation.net.Chance;
import dev.pointsman.core.simulation.server.Ledger;
import dev.pointsman.core.simulation.server.Ledger.Op;

import java.util.ArrayDeque;
import java.util.List;

/// What a client is going to ask: single statements, runs of the extended protocol, transactions,
/// one by one or pipelined.
final class Plan {
    private final int client;
    private final Chance chance;
    private final Ledger ledger;
    private final ArrayDeque<Request> requests = new ArrayDeque<>();
    private int settings;

    Plan(int client, Chance chance, Ledger ledger) {
        this.client = client;
        this.chance = chance;
        this.ledger = ledger;
    }

    boolean isEmpty() {
        return requests.isEmpty();
    }

    /// The next one, if it may be sent while others are unanswered.
    boolean hasNext(boolean answered) {
        return !requests.isEmpty() && (answered || !requests.getFirst().waits);
    }

    Request next() {
        return requests.removeFirst();
    }

    /// Makes up something to do.
    void think() {
        boolean waits = !chance.oneIn(3);
        switch (chance.below(16)) {
            case 0, 1, 2, 3 -> add(Kind.INSERT, waits, op());
            case 4, 5 -> add(Kind.EXTENDED, waits, op());
            case 6 -> add(Kind.EXTENDED, waits, op(), op());
            case 7, 8, 9, 10 -> block(waits);
            case 11 -> add(Kind.COPY, true, op());
            case 12 -> ask(Kind.SET, "x" + client + "y" + ++settings);
            case 13 -> ask(Kind.SHOW, "");
            case 14 -> add(Kind.FAIL, waits);
            default -> {
                if (chance.oneIn(10)) {
                    ask(Kind.LISTEN, "");
                } else {
                    ask(Kind.SELECT, String.valueOf(chance.below(1_000)));
                }
            }
        }
    }

    /// One last write, to see that everything works.
    void lastWrite() {
        add(Kind.INSERT, true, op());
    }

    void rollBack() {
        requests.clear();
        add(Kind.ROLLBACK, true);
    }

    private void block(boolean waits) {
        add(Kind.BEGIN, true);
        int most = 1 + chance.below(3);
        for (int i = 0; i < most; i++) {
            switch (chance.below(8)) {
                case 0 -> add(Kind.FAIL, waits);
                case 1, 2, 3 -> add(Kind.EXTENDED, waits, op());
                default -> add(Kind.INSERT, waits, op());
            }
        }
        add(chance.oneIn(5) ? Kind.ROLLBACK : Kind.COMMIT, waits);
    }

    private Op op() {
        return ledger.begin(client);
    }

    private void add(Kind kind, boolean waits, Op... ops) {
        requests.add(new Request(kind, List.of(ops), "", waits));
    }

    private void ask(Kind kind, String text) {
        requests.add(new Request(kind, List.of(), text, true));
    }
}
