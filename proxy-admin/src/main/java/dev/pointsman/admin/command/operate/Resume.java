package dev.pointsman.admin.command.operate;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.Scope;
import dev.pointsman.admin.command.operate.Closures.Kind;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.util.List;

/// `RESUME` and `MAINTENANCE OFF`: open the gates that an operator closed. What others keep closed
/// stays closed.
public record Resume(
        Controls controls, Closures closures, List<Kind> kinds, Scope scope, String tag)
        implements Action {

    @Override
    public Rows run(Caller caller) throws Refused {
        var selection = new Selection(controls);
        var databases = selection.of(scope);
        selection.refuseBusy(databases);
        int opened = 0;
        for (var database : databases) {
            for (var kind : kinds) {
                var closure = closures.find(database, kind);
                if (closure.isPresent() && closures.open(closure.get())) {
                    opened++;
                }
            }
        }
        if (opened == 0) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    (databases.size() == 1 ? "database " : "databases ")
                            + String.join(", ", databases)
                            + ": nothing that "
                            + tag
                            + " ends keeps clients waiting",
                    "SHOW ROUTES says in which state each database is.");
        }
        return Rows.done(tag);
    }
}
