package dev.pointsman.core.session.prepared;

import dev.pointsman.core.config.Limits;

import io.netty.buffer.ByteBuf;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// A client's statements by the names it gave them.
final class ClientStatements {
    private final Map<String, Statement> byName = new HashMap<>(4);
    private long bytes;
    private byte[] lastName = {};
    private @Nullable Statement last;

    /// The unnamed statement.
    private enum Unnamed {
        /// Not on the connection at hand.
        MISSING,
        PARSED,
        RUN
    }

    private Unnamed unnamed = Unnamed.MISSING;

    void onUnnamed(boolean parsed) {
        unnamed = parsed ? Unnamed.PARSED : Unnamed.RUN;
    }

    void forgetUnnamed() {
        unnamed = Unnamed.MISSING;
    }

    boolean hasUnnamed() {
        return unnamed != Unnamed.MISSING;
    }

    /// Whether the unnamed statement was made and never run.
    boolean unnamedWaits() {
        return unnamed == Unnamed.PARSED;
    }

    boolean isFull(Limits.Statements bounds) {
        return byName.size() >= bounds.perClient() || bytes >= bounds.bytesPerClient();
    }

    @Nullable Statement find(String name) {
        return byName.get(name);
    }

    void put(String name, Statement statement) {
        var before = byName.put(name, statement);
        bytes +=
                before == null
                        ? name.length() + statement.length()
                        : statement.length() - before.length();
        last = null;
    }

    @Nullable Statement remove(String name) {
        last = null;
        var removed = byName.remove(name);
        bytes -= removed == null ? 0 : name.length() + removed.length();
        return removed;
    }

    void clear() {
        byName.clear();
        bytes = 0;
        last = null;
    }

    /// The statement whose name lies at `from`, zero-terminated at `end`. Allocates nothing when it
    /// is the one of last time.
    @Nullable Statement find(ByteBuf bytes, int from, int end) {
        if (last != null && isLast(bytes, from, end)) {
            return last;
        }
        var name = new byte[end - from];
        bytes.getBytes(from, name);
        var found = byName.get(new String(name, StandardCharsets.UTF_8));
        lastName = name;
        last = found;
        return found;
    }

    private boolean isLast(ByteBuf bytes, int from, int end) {
        if (end - from != lastName.length) {
            return false;
        }
        for (int i = 0; i < lastName.length; i++) {
            if (bytes.getByte(from + i) != lastName[i]) {
                return false;
            }
        }
        return true;
    }
}
