package dev.pointsman.admin.command.operate;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.AdminCommand.Stop;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.Refused;

/// `SHUTDOWN`: answers, and the process stops in the way asked for.
public record Shutdown(Controls controls, Stop how) implements Action {
    @Override
    public Rows run(Caller caller) throws Refused {
        new Selection(controls).refuseBusy(controls.config().databases().keySet());
        controls.stop(how);
        return Rows.done("SHUTDOWN");
    }
}
