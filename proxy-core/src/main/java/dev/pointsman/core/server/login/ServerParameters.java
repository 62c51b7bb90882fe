package dev.pointsman.core.server.login;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a server has reported with ParameterStatus, or what a client was told: names and values in
/// the order they came. Confined to one event loop; a [#copy] may travel.
public final class ServerParameters {
    private static final int FIRST_ROOM = 16;

    private String[] names = new String[FIRST_ROOM];
    private String[] values = new String[FIRST_ROOM];
    private int size;

    public static ServerParameters of(Map<String, String> from) {
        var made = new ServerParameters();
        from.forEach(made::put);
        return made;
    }

    public ServerParameters copy() {
        var copy = new ServerParameters();
        copy.names = names.clone();
        copy.values = values.clone();
        copy.size = size;
        return copy;
    }

    public int size() {
        return size;
    }

    public String name(int index) {
        return names[index];
    }

    public String value(int index) {
        return values[index];
    }

    /// The value of that name, matched exactly.
    public @Nullable String get(String name) {
        int at = indexOf(name, 0);
        return at < 0 ? null : values[at];
    }

    /// The value of that name, which is looked for at `guess` first: two lists of one server's
    /// parameters mostly have the same order.
    public @Nullable String get(String name, int guess) {
        int at = indexOf(name, guess);
        return at < 0 ? null : values[at];
    }

    /// Sets a value; says whether that changed anything.
    public boolean put(String name, String value) {
        int at = indexOf(name, 0);
        if (at >= 0) {
            boolean changed = !values[at].equals(value);
            values[at] = value;
            return changed;
        }
        if (size == names.length) {
            names = Arrays.copyOf(names, size * 2);
            values = Arrays.copyOf(values, size * 2);
        }
        names[size] = name;
        values[size++] = value;
        return true;
    }

    public Map<String, String> asMap() {
        var map = new LinkedHashMap<String, String>();
        for (int i = 0; i < size; i++) {
            map.put(names[i], values[i]);
        }
        return map;
    }

    @Override
    public String toString() {
        return asMap().toString();
    }

    private int indexOf(String name, int guess) {
        if (guess < size && names[guess].equals(name)) {
            return guess;
        }
        for (int i = 0; i < size; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
