package dev.pointsman.cli.load;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/// One client: logs in, works, and after an error logs in again. Stays on its own thread.
final class Client implements Runnable {
    /// After an error, so that a server that is down is not stormed.
    private static final Duration BREATHER = Duration.ofMillis(100);

    private final Load load;
    private final Page page;

    /// A newcomer leaves after this many transactions; the others stay.
    private final long transactionsPerLogin;

    private final long interval;
    private @Nullable Transactions open;
    private long lastPurchase;

    private Client(Load load, long interval, long transactionsPerLogin) {
        this.load = load;
        this.page = load.ledger().page();
        this.interval = interval;
        this.transactionsPerLogin = transactionsPerLogin;
    }

    /// A client that stays.
    static Client staying(Load load) {
        return new Client(load, load.settings().interval(), Long.MAX_VALUE);
    }

    /// A client that logs in, reads, writes and leaves, again and again.
    static Client newcomer(Load load) {
        return new Client(load, Duration.ofMillis(50).toNanos(), 2);
    }

    @Override
    public void run() {
        long due = System.nanoTime() + ThreadLocalRandom.current().nextLong(interval + 1);
        long done = 0;
        while (load.goesOn()) {
            if (!waitUntil(due)) {
                continue;
            }
            due = interval == 0 ? due : Math.max(due + interval, System.nanoTime() - interval);
            if (step() && ++done % transactionsPerLogin == 0) {
                leave();
            }
        }
        leave();
    }

    /// Whether the time has come; false when woken early.
    private static boolean waitUntil(long due) {
        long ahead = due - System.nanoTime();
        if (ahead > 0) {
            LockSupport.parkNanos(ahead);
        }
        return due - System.nanoTime() <= 0;
    }

    private boolean step() {
        var what = "login";
        try {
            var transactions = open == null ? login() : open;
            var kind = Kind.drawn();
            what = kind.words;
            long begun = System.nanoTime();
            carryOut(kind, transactions);
            load.recording().transaction(System.nanoTime() - begun);
            return true;
        } catch (SQLException e) {
            load.recording().error(what, e.getSQLState() + " " + e.getMessage());
            leave();
            LockSupport.parkNanos(BREATHER.toNanos());
            return false;
        }
    }

    private Transactions login() throws SQLException {
        long begun = System.nanoTime();
        var connection = load.address().connect(load.settings().statements());
        load.recording().login(System.nanoTime() - begun);
        var transactions = new Transactions(connection, load.tables());
        open = transactions;
        return transactions;
    }

    private void carryOut(Kind kind, Transactions transactions) throws SQLException {
        int account = ThreadLocalRandom.current().nextInt(1, LoadTables.ACCOUNTS + 1);
        switch (kind) {
            case READ -> {
                if (lastPurchase == 0) {
                    transactions.readAccount(account);
                } else {
                    transactions.readPurchase(lastPurchase);
                }
            }
            case READ_ACCOUNT -> transactions.readAccount(account);
            case EVENT, POSTING, PURCHASE -> write(kind, transactions, account);
        }
    }

    private void write(Kind kind, Transactions transactions, int account) throws SQLException {
        long id = page.next();
        switch (kind) {
            case EVENT -> transactions.event(id);
            case POSTING -> transactions.posting(id, account);
            case PURCHASE -> transactions.purchase(id);
            case READ, READ_ACCOUNT -> throw new IllegalArgumentException(kind + " writes nothing");
        }
        page.acknowledged(id);
        if (kind == Kind.PURCHASE) {
            lastPurchase = id;
        }
    }

    private void leave() {
        try {
            if (open != null) {
                open.close();
            }
        } catch (SQLException e) {
            load.recording().error("goodbye", e.getSQLState() + " " + e.getMessage());
        }
        open = null;
    }

    /// What a client may do next.
    private enum Kind {
        READ("read of a purchase"),
        READ_ACCOUNT("read of an account"),
        EVENT("single write"),
        POSTING("transaction on an account"),
        PURCHASE("transaction on a purchase");

        private static final Kind[] ALL = values();
        private final String words;

        Kind(String words) {
            this.words = words;
        }

        static Kind drawn() {
            return ALL[ThreadLocalRandom.current().nextInt(ALL.length)];
        }
    }
}
