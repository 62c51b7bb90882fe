package dev.pointsman.core.session.carry.sql;

import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.session.unit.OwnUnits;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;
import io.netty.util.AttributeKey;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/// The statements that one client has made by SQL's PREPARE, which follow it from one server
/// connection to the next. Confined to the session's event loop.
///
/// They keep their names. Each server connection is known to have those of one client; it gives
/// them up, and has others prepared, in front of what another client sends.
public final class SqlStatements {
    /// Longer texts are not told by servers here, and are prepared nowhere else.
    public static final int TEXT_MOST = 64 << 10;

    private static final int ASCII_MOST = 0x7f;
    private static final char UNREADABLE = '\ufffd';

    private static final AttributeKey<There> THERE =
            AttributeKey.valueOf(SqlStatements.class, "THERE");

    /// What was prepared on a connection, since it was reset so many times.
    private record There(Map<String, String> commands, int resets) {}

    private final ServerParameters told;
    private final IntSupplier most;
    private Map<String, String> commands = Map.of();
    private int length;
    private int version;

    /// @param told the settings as the client was told them
    /// @param most as many follow a client
    public SqlStatements(ServerParameters told, IntSupplier most) {
        this.told = told;
        this.most = most;
    }

    public boolean isEmpty() {
        return commands.isEmpty();
    }

    public boolean has(String name) {
        return commands.containsKey(name);
    }

    /// Whether one more might be one too many.
    public boolean isFull() {
        return commands.size() >= most.getAsInt() || length >= TEXT_MOST;
    }

    /// The PREPARE commands.
    public Collection<String> commands() {
        return commands.values();
    }

    /// Another number when there are other commands.
    public int version() {
        return version;
    }

    /// Takes what a server connection says that it has: the query strings that the statements came
    /// in, by the statements' names. False: they cannot be prepared elsewhere for sure, or are too
    /// many.
    ///
    /// @param alike whether they mean the same elsewhere
    public boolean learn(ServerConnection on, Map<String, String> queries, boolean alike) {
        var found = new HashMap<String, String>();
        boolean sure = alike || queries.isEmpty();
        int size = 0;
        for (var query : queries.entrySet()) {
            String command = SqlPrepare.of(query.getKey(), query.getValue());
            sure &= !command.isEmpty() && isReadAlike(command);
            size += command.length();
            found.put(query.getKey(), command);
        }
        boolean follows = sure && found.size() <= most.getAsInt() && size <= TEXT_MOST;
        if (!follows) {
            found.clear();
        }
        if (!commands.equals(found)) {
            commands = Map.copyOf(found);
            length = found.isEmpty() ? 0 : size;
            version++;
        }
        note(on, commands);
        return follows;
    }

    /// The connection at hand was given the client's state as a whole.
    public void onCarried(ServerConnection on) {
        if (!commands.isEmpty()) {
            on.markDirty();
        }
    }

    /// Whether a connection has any client's.
    public static boolean areOn(ServerConnection connection) {
        return !there(connection).isEmpty();
    }

    /// Whether a connection has others than these.
    public boolean differ(ServerConnection on) {
        return !there(on).equals(commands);
    }

    /// Writes what makes a connection have these and no others, one Query for each: what is given
    /// up comes first.
    public void write(ServerConnection on, ByteBuf out, OwnUnits own) {
        var before = there(on);
        var after = new HashMap<String, String>();
        for (var old : before.entrySet()) {
            if (old.getValue().equals(commands.get(old.getKey()))) {
                after.put(old.getKey(), old.getValue());
            } else {
                Requests.query(out, "DEALLOCATE \"" + old.getKey().replace("\"", "\"\"") + '"');
                own.addRemoval();
            }
        }
        for (var wanted : commands.entrySet()) {
            if (!after.containsKey(wanted.getKey()) && isReadAlike(wanted.getValue())) {
                Requests.query(out, wanted.getValue());
                after.put(wanted.getKey(), wanted.getValue());
                own.addPreparation();
            }
        }
        boolean all = after.equals(commands);
        note(on, all ? commands : Map.copyOf(after));
        if (!all) {
            on.markDirty();
        }
    }

    private static Map<String, String> there(ServerConnection on) {
        var there = on.channel().attr(THERE).get();
        return there == null || there.resets() != on.resets() ? Map.of() : there.commands();
    }

    private static void note(ServerConnection on, Map<String, String> commands) {
        if (!there(on).equals(commands)) {
            on.channel().attr(THERE).set(new There(commands, on.resets()));
        }
    }

    /// Whether the text means the same by the settings as they are now as it did by others.
    private boolean isReadAlike(String command) {
        boolean utf8 = "UTF8".equals(told.get("client_encoding"));
        boolean plain = "on".equals(told.get("standard_conforming_strings"));
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (c == UNREADABLE || (c > ASCII_MOST && !utf8) || (c == '\\' && !plain)) {
                return false;
            }
        }
        return true;
    }
}
