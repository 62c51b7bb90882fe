package dev.pointsman.admin.command.operate;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

/// A command that is understood and cannot be carried out by this version: says so, with what to do
/// instead.
public record NotOffered(String message, String hint) implements Action {
    @Override
    public Rows run(Caller caller) throws Refused {
        throw new Refused(SqlState.FEATURE_NOT_SUPPORTED, message, hint);
    }
}
