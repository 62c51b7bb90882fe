package dev.pointsman.core.simulation.server;

import dev.pointsman.core.simulation.net.ByteQueue;
import dev.pointsman.core.simulation.server.Ledger.Op;

import java.util.ArrayList;
import java.util.List;

/// What statements do in one server process, and the answers to them.
final class Transaction {
    private final SimulatedServer server;
    private final ByteQueue out;
    private final Settings settings;
    private final List<Op> written = new ArrayList<>();
    private boolean block;
    private boolean failed;
    private boolean cancelled;
    private int copying = -1;

    Transaction(SimulatedServer server, ByteQueue out) {
        this.server = server;
        this.out = out;
        this.settings = new Settings(out);
    }

    boolean isOpen() {
        return block || failed || copies() || !written.isEmpty();
    }

    boolean copies() {
        return copying >= 0;
    }

    void cancel() {
        cancelled = true;
    }

    void rollBack() {
        written.clear();
        block = false;
        failed = false;
        copying = -1;
    }

    /// A parameter of the start-up packet.
    void ask(String name, String value) {
        settings.ask(name, value);
    }

    void report() {
        out.begin('S').with("server_version").with(server.name().equals("blue") ? "14.1" : "18.0");
        out.end();
        out.begin('S').with("client_encoding").with("UTF8").end();
        settings.report();
    }

    void ready() {
        out.begin('Z').with8(block ? failed ? 'E' : 'T' : 'I').end();
    }

    /// A Query or a Sync is over: outside of a block, what was written is committed.
    void endOfUnit() {
        if (!block) {
            if (!failed) {
                commit();
            }
            rollBack();
        }
        cancelled = false;
        ready();
    }

    boolean parse(String sql) {
        if (block && failed && !endsBlock(sql)) {
            return error("25P02", "current transaction is aborted");
        }
        if (sql.startsWith("the proxy")) {
            return error("42601", "syntax error");
        }
        out.begin('1').end();
        return true;
    }

    /// Runs one statement. False: it failed.
    boolean run(String sql, boolean simple) {
        if (block && failed && !endsBlock(sql)) {
            return error("25P02", "current transaction is aborted");
        }
        if (sql.startsWith("the proxy")) {
            return error("42601", "syntax error");
        }
        int space = sql.indexOf(' ');
        String verb = space < 0 ? sql : sql.substring(0, space);
        if (cancelled && !(verb.equals("insert") && !block && server.chance().oneIn(2))) {
            if (!verb.equals("commit")) {
                return error("57014", "canceling statement due to user request");
            }
            commit();
        }
        return switch (verb) {
            case "insert" -> insert(server.ledger().of(number(sql)));
            case "copy" -> beginCopy(number(sql));
            case "begin" -> {
                block = true;
                yield done("BEGIN");
            }
            case "commit" -> endBlock(!failed);
            case "rollback", "ROLLBACK" -> endBlock(false);
            case "fail" -> error("22012", "division by zero");
            case "" -> {
                out.begin('I').end();
                yield true;
            }
            case "BEGIN;" -> {
                block = true;
                done("BEGIN");
                yield error("42883", "there is no such function");
            }
            default -> {
                settings.run(verb, sql, simple);
                yield true;
            }
        };
    }

    void copy(char type) {
        if (type == 'c') {
            Op op = server.ledger().of(copying);
            copying = -1;
            written.add(op);
            done("COPY " + op.id());
            endOfUnit();
        } else if (type != 'd' && type != 'H' && type != 'S') {
            copying = -1;
            error("57014", "COPY from stdin failed");
            endOfUnit();
        }
    }

    void fatal(String code, String text) {
        report("FATAL", code, text);
    }

    private boolean insert(Op op) {
        if (!settings.client().equals("c" + op.client())) {
            // Seen by the client, which expects another answer.
            return error("XX000", "write of " + op.client() + " with " + settings.client());
        }
        written.add(op);
        return done("INSERT 0 " + op.id());
    }

    private boolean beginCopy(int op) {
        copying = op;
        out.begin('G').with8(0).with16(0).end();
        return true;
    }

    private boolean endBlock(boolean well) {
        if (well) {
            commit();
        }
        rollBack();
        return done(well ? "COMMIT" : "ROLLBACK");
    }

    private void commit() {
        server.commit(written);
    }

    private boolean done(String tag) {
        out.begin('C').with(tag).end();
        return true;
    }

    private boolean error(String code, String text) {
        written.clear();
        failed = true;
        report("ERROR", code, text);
        return false;
    }

    private void report(String severity, String code, String text) {
        out.begin('E');
        out.with8('S').with(severity).with8('V').with(severity);
        out.with8('C').with(code).with8('M').with(text).with8(0).end();
    }

    private static boolean endsBlock(String sql) {
        return sql.equals("commit") || sql.equalsIgnoreCase("rollback");
    }

    private static int number(String sql) {
        return Integer.parseInt(sql.substring(sql.indexOf(' ') + 1));
    }
}
