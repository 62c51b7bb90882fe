package dev.pointsman.admin.command.move;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.operate.Selection;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.Refused;

/// `CUTOVER db CANCEL`: gives up the cutover in progress, unless it is decided.
public record CancelCutover(Controls controls, String database) implements Action {
    @Override
    public Rows run(Caller caller) throws Refused {
        var name = new Selection(controls).database(database).name();
        controls.cutovers().cancel(name);
        return Rows.done("CUTOVER");
    }
}
