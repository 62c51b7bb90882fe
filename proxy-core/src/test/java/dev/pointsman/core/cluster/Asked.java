package dev.pointsman.core.cluster;

import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.ScriptedServer;

import java.util.Optional;

/// What a scripted server says to a driver that asks it in the extended protocol: one row of one
/// value to each query.
@FunctionalInterface
interface Asked {
    /// Empty: from here on nothing is said any more.
    Optional<String> value(String sql) throws InterruptedException;

    default void answer(ScriptedServer.Conversation talk) {
        talk.letIn();
        var value = "";
        boolean rows = false;
        try {
            while (true) {
                var asked = talk.receive();
                switch (asked.type()) {
                    case 'P' -> {
                        var sql = asked.strings(0).get(1);
                        rows = !sql.startsWith("SET");
                        var said = asksForProcess(sql) ? number(talk) : value(sql);
                        if (said.isEmpty()) {
                            return;
                        }
                        value = said.get();
                        talk.send('1', Bytes.empty());
                    }
                    case 'B' -> talk.send('2', Bytes.empty());
                    case 'D' -> {
                        if (rows) {
                            talk.sendRowDescription();
                        } else {
                            talk.send('n', Bytes.empty());
                        }
                    }
                    case 'E' -> {
                        if (rows) {
                            talk.sendRow(value);
                        }
                        talk.sendComplete(rows ? "SELECT 1" : "SET");
                    }
                    case 'S' -> talk.sendReady('I');
                    case 'Q' -> talk.sendDone("SET", 'I');
                    default -> {
                        return;
                    }
                }
            }
        } catch (AssertionError | InterruptedException _) {
            // The driver does not always say goodbye.
        }
    }

    private static boolean asksForProcess(String sql) {
        return sql.contains("pg_backend_pid");
    }

    private static Optional<String> number(ScriptedServer.Conversation talk) {
        return Optional.of(Integer.toString(talk.number()));
    }
}
