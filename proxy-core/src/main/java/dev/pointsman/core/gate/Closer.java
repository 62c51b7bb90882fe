package dev.pointsman.core.gate;

import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;

/// Who keeps a gate closed. A gate counts its closers, and each opens only its own.
public sealed interface Closer {
    /// The cutover of this attempt number.
    record Cutover(long attempt) implements Closer {}

    /// `PAUSE`, by this admin user.
    record Pause(String operator) implements Closer {}

    /// `MAINTENANCE ON`, by this admin user.
    record Maintenance(String operator) implements Closer {}

    /// Nobody can tell yet which server serves this database.
    record Undecided(String database) implements Closer {}

    /// `SUSPEND`, by this admin user.
    record Suspended(String operator) implements Closer {}

    /// `KILL`, by this admin user.
    record Killed(String operator) implements Closer {}

    /// Whether a client may be held for too long: not by a cutover, which ends by its own limit and
    /// must fail nobody.
    default boolean mayExpire() {
        return switch (this) {
            case Cutover _ -> false;
            case Pause _, Maintenance _, Undecided _, Suspended _, Killed _ -> true;
        };
    }

    /// What a client is told that this closer has kept waiting for longer than allowed.
    default ErrorReport expired(String database) {
        String held = "query_wait_timeout: database \"" + database + "\" ";
        return switch (this) {
            case Cutover(long attempt) ->
                    report(
                            held + "is held by cutover attempt " + attempt,
                            "Connect again and retry; the operator finds the state of the cutover"
                                    + " with SHOW CUTOVER.");
            case Pause(String operator) ->
                    report(
                            held + "is paused by " + operator,
                            "Connect again after the operator has run RESUME.");
            case Maintenance(String operator) ->
                    report(
                            held + "is under maintenance by " + operator,
                            "Connect again after the operator has run MAINTENANCE OFF.");
            case Undecided(String _) ->
                    report(
                            held + "is held because it is not known which server serves it",
                            "The operator finds out why with SHOW WHY and settles it with REPAIR.");
            case Suspended(String operator) ->
                    report(
                            held + "is suspended by " + operator,
                            "Connect again after the operator has run RESUME.");
            case Killed(String operator) ->
                    report(
                            held + "was ended with KILL by " + operator,
                            "Connect again after the operator has run RESUME.");
        };
    }

    private static ErrorReport report(String message, String hint) {
        return ErrorReport.fatal(SqlState.CANNOT_CONNECT_NOW, message).withHint(hint);
    }
}
