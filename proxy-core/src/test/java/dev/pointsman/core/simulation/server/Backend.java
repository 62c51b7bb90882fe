package dev.pointsman.core.simulation.server;

import dev.pointsman.core.simulation.net.ByteQueue;
import dev.pointsman.core.simulation.net.SimulatedChannel;

/// One server process: start-up, then one message at a time, by PostgreSQL's rules for errors and
/// implicit transactions. What the statements do is [Transaction]'s.
public final class Backend {
    private static final int CANCEL = 80_877_102;

    private final SimulatedServer server;
    private final SimulatedChannel channel;
    private final int pid;
    private final ByteQueue in;
    private final ByteQueue out = new ByteQueue();
    private final Transaction transaction;
    private boolean loggedIn;
    private boolean over;
    private boolean skipping;
    private String parsed = "";

    Backend(SimulatedServer server, SimulatedChannel channel, int pid) {
        this.server = server;
        this.channel = channel;
        this.pid = pid;
        this.in = channel.sent();
        this.transaction = new Transaction(server, out);
    }

    public int pid() {
        return pid;
    }

    SimulatedChannel channel() {
        return channel;
    }

    public boolean isLoggedIn() {
        return loggedIn;
    }

    /// Whether something runs here, or a transaction is open, or bytes have come for one.
    public boolean isBusy() {
        return loggedIn && !over && (in.size() > 0 || transaction.isOpen());
    }

    /// Dies without a word. What it had been sent may have been done just before.
    public void die() {
        while (!over && loggedIn && server.chance().oneIn(2) && message()) {
            // one more statement before the end
        }
        end();
        channel.die();
    }

    /// Ends with a word, as by pg_terminate_backend.
    public void terminate() {
        if (loggedIn && !over && !channel.isClosed()) {
            transaction.fatal("57P01", "terminating connection due to administrator command");
            flush();
        }
        end();
        channel.end();
    }

    boolean isOver() {
        return over;
    }

    static int secret(int pid) {
        return pid * 31 + 7;
    }

    void cancel() {
        if (isBusy() && in.message() > 0) {
            transaction.cancel();
        }
    }

    /// Does one thing; false when there is nothing to do.
    boolean step() {
        if (over) {
            return false;
        }
        if (loggedIn ? message() : packet()) {
            return true;
        }
        if (channel.isClosed()) {
            end();
            return true;
        }
        return false;
    }

    private void end() {
        over = true;
        transaction.rollBack();
    }

    private boolean packet() {
        int length = in.packet();
        if (length == 0) {
            return false;
        }
        if (in.int32(4) == CANCEL) {
            server.cancel(in.int32(8), in.int32(12));
            end();
            channel.end();
        } else if (server.isFenced()) {
            transaction.fatal("53300", "too many connections for database");
            flush();
            end();
            channel.end();
        } else {
            loggedIn = true;
            readParameters(length);
            out.begin('R').with32(0).end();
            transaction.report();
            out.begin('K').with32(pid).with32(secret(pid)).end();
            transaction.ready();
            flush();
        }
        in.skip(length);
        return true;
    }

    private void readParameters(int length) {
        int at = 8;
        while (at < length - 1) {
            String name = in.text(at);
            at += name.length() + 1;
            String value = in.text(at);
            at += value.length() + 1;
            transaction.ask(name, value);
        }
    }

    private boolean message() {
        int length = in.message();
        if (length == 0) {
            return false;
        }
        char type = (char) in.int8(0);
        if (transaction.copies() && type != 'X') {
            transaction.copy(type);
        } else {
            on(type);
        }
        if (!over && (!isOfRun(type) || skipping || transaction.copies())) {
            flush();
        }
        in.skip(length);
        return true;
    }

    private void flush() {
        out.moveTo(channel.coming());
    }

    /// Whether its answer may wait for a Sync or a Flush.
    private static boolean isOfRun(char type) {
        return type == 'P' || type == 'B' || type == 'D' || type == 'E';
    }

    private void on(char type) {
        switch (type) {
            case 'X' -> {
                end();
                channel.end();
            }
            case 'Q' -> {
                transaction.run(in.text(5), true);
                if (!transaction.copies()) {
                    transaction.endOfUnit();
                }
            }
            case 'S' -> {
                skipping = false;
                transaction.endOfUnit();
            }
            case 'H', 'd', 'c', 'f' -> {}
            default -> {
                if (!skipping) {
                    skipping = !extended(type);
                }
            }
        }
    }

    /// False: it failed, and the rest up to Sync is skipped.
    private boolean extended(char type) {
        return switch (type) {
            case 'P' -> {
                String name = in.text(5);
                parsed = in.text(6 + name.length());
                yield transaction.parse(parsed);
            }
            case 'B' -> {
                out.begin('2').end();
                yield true;
            }
            case 'D' -> {
                out.begin('n').end();
                yield true;
            }
            case 'E' -> transaction.run(parsed, false);
            default -> throw new IllegalStateException("message " + type);
        };
    }
}
