package dev.pointsman.core.session.carry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What one session holds on its server connection, as that server tells it.
///
/// @param pinnedBy why it cannot be carried; empty when it can
/// @param role what SET ROLE said; empty for none
public record Carried(
        String pinnedBy, String role, Map<String, String> settings, List<Prepared> prepared) {
    public Carried {
        settings = new LinkedHashMap<>(settings);
        prepared = new ArrayList<>(prepared);
    }

    /// The same with this setting besides, or instead of what it was.
    Carried with(String setting, String value) {
        var more = new LinkedHashMap<>(settings);
        more.put(setting, value);
        return new Carried(pinnedBy, role, more, prepared);
    }

    /// The same without the statements of the wire protocol, all of which have names of ours.
    public Carried withoutOurStatements() {
        return new Carried(
                pinnedBy, role, settings, prepared.stream().filter(Prepared::bySql).toList());
    }

    /// A prepared statement. `types` are the parameters' types by name, comma-separated; `text` is
    /// the Parse's text, or the whole PREPARE command when `bySql`.
    public record Prepared(String name, String text, List<String> types, boolean bySql) {
        public Prepared {
            types = List.copyOf(types);
        }
    }
}
