package dev.pointsman.admin.command.tune;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.Refused;

/// `SET key = value`: changes one setting until the next RELOAD.
public record SetKey(Controls controls, String name, String value) implements Action {
    @Override
    public Rows run(Caller caller) throws Refused {
        controls.set(name, value);
        return Rows.done("SET");
    }
}
