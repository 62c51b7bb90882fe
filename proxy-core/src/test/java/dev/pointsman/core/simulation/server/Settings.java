package dev.pointsman.core.simulation.server;

import dev.pointsman.core.simulation.net.ByteQueue;

import java.util.Map;
import java.util.TreeMap;

/// What a session has set in one server process, and the statements that read and write it.
final class Settings {
    private static final String CLIENT = "application_name";

    private final ByteQueue out;
    private final Map<String, String> values = new TreeMap<>();
    private String asked = "";
    private boolean listening;

    Settings(ByteQueue out) {
        this.out = out;
    }

    /// The client's name, as the proxy keeps it set.
    String client() {
        return values.getOrDefault(CLIENT, asked);
    }

    /// A parameter of the start-up packet, which DISCARD ALL leads back to.
    void ask(String name, String value) {
        if (name.equals(CLIENT)) {
            asked = value;
        }
    }

    void report() {
        out.begin('S').with(CLIENT).with(client()).end();
    }

    void run(String verb, String sql, boolean simple) {
        switch (verb) {
            case "select" -> rows(simple, sql.substring(7));
            case "show" -> rows(simple, shown(sql.substring(5)));
            case "set" -> {
                String[] parts = sql.split("[ =']+", -1);
                values.put(parts[1], parts[2]);
                done("SET");
            }
            case "listen" -> {
                listening = true;
                done("LISTEN");
            }
            case "DISCARD" -> {
                values.clear();
                listening = false;
                report();
                done("DISCARD ALL");
            }
            case "SELECT" -> ours(sql);
            default -> throw new IllegalStateException("statement " + sql);
        }
    }

    private String shown(String name) {
        return name.equals(CLIENT) ? client() : values.getOrDefault(name, "");
    }

    /// What the proxy asks on its own: read a session's state, or write it.
    private void ours(String sql) {
        if (sql.startsWith("SELECT 'setting'")) {
            values.forEach((name, value) -> row("setting", name, value, "", ""));
            row("role", "none", "", "", "");
            if (listening) {
                row("pin", "it listens for notifications", "", "", "");
            }
        } else if (sql.startsWith("SELECT 't'")) {
            left(sql);
        } else {
            String[] parts = sql.split("'", -1);
            for (int i = 1; i + 2 < parts.length; i += 4) {
                values.put(parts[i], parts[i + 2]);
                if (parts[i].equals(CLIENT)) {
                    report();
                }
            }
            row("");
        }
        done("SELECT 1");
    }

    /// What a transaction has left behind.
    private void left(String sql) {
        boolean set = values.keySet().stream().anyMatch(name -> !name.equals(CLIENT));
        if (set && sql.contains("pg_show_all_settings")) {
            row("t", "1", "");
        }
        if (listening && sql.contains("pg_listening_channels")) {
            row("t", "4", "");
        }
    }

    private void rows(boolean simple, String value) {
        if (simple) {
            out.begin('T').with16(0).end();
        }
        row(value);
        done("SELECT 1");
    }

    private void row(String... row) {
        out.begin('D').with16(row.length);
        for (String value : row) {
            out.withValue(value);
        }
        out.end();
    }

    private void done(String tag) {
        out.begin('C').with(tag).end();
    }
}
