package dev.pointsman.core.migration;

import java.util.Set;

/// One row of a preflight.
///
/// @param id stable; what `--accept` names
/// @param object what it is about, such as a table; empty for the server as a whole
/// @param finding what was found, with names and counts
/// @param mend SQL or a command that mends it; empty when there is nothing to mend
/// @param unsafe whether no `--accept` may override it
public record Check(
        String id,
        String server,
        String object,
        Verdict verdict,
        String finding,
        String mend,
        Blocks blocks,
        boolean unsafe) {

    /// How it stands.
    public enum Verdict {
        PASS,
        WARN,
        FAIL,
        /// Could not be found out; blocks as a failure does.
        UNKNOWN
    }

    /// What may not begin while this is a failure or unknown.
    public enum Blocks {
        MIGRATE,
        CUTOVER,
        NONE
    }

    /// Whether `what` may not begin because of this row.
    public boolean stops(Blocks what, Set<String> accepted) {
        var bad =
                switch (verdict) {
                    case PASS, WARN -> false;
                    case FAIL, UNKNOWN -> true;
                };
        return bad && blocks == what && (unsafe || !accepted.contains(id));
    }
}
