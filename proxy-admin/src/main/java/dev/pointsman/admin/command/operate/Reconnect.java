package dev.pointsman.admin.command.operate;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.Scope;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.Refused;

/// `RECONNECT`: server connections are closed and opened anew, the idle ones now, the others when
/// they come back.
public record Reconnect(Controls controls, Scope scope) implements Action {

    @Override
    public Rows run(Caller caller) throws Refused {
        var selection = new Selection(controls);
        var databases = selection.of(scope);
        selection.refuseBusy(databases);
        for (var database : databases) {
            controls.pools().retire(database, controls.routes().current(database).server());
        }
        return Rows.done("RECONNECT");
    }
}
