package dev.pointsman.admin.command.tune;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.operate.Selection;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.Refused;

import java.util.List;

/// `DISABLE db` and `ENABLE db`: whether new clients of a database are let in. Those who are there
/// go on.
public record Admission(Controls controls, String typed, boolean enable) implements Action {
    @Override
    public Rows run(Caller caller) throws Refused {
        var selection = new Selection(controls);
        var database = selection.database(typed).name();
        selection.refuseBusy(List.of(database));
        var gate = controls.gates().of(database);
        if (enable) {
            gate.enable();
        } else {
            gate.disable(caller.operator().name());
        }
        return Rows.done(enable ? "ENABLE" : "DISABLE");
    }
}
