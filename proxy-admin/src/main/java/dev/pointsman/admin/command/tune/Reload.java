package dev.pointsman.admin.command.tune;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.Refused;

/// `RELOAD`: takes the configuration file over as it is now, all of it or nothing. A notice tells
/// which settings changed.
public record Reload(Controls controls) implements Action {
    @Override
    public Rows run(Caller caller) throws Refused {
        var changed = controls.reload();
        caller.notice(
                changed.isEmpty() ? "nothing changed" : "changed: " + String.join(", ", changed));
        return Rows.done("RELOAD");
    }
}
