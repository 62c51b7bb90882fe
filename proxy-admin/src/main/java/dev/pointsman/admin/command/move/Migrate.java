package dev.pointsman.admin.command.move;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.operate.Selection;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Column;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.wire.Refused;

import java.util.List;
import java.util.Set;

/// `MIGRATE`: begin, show what beginning would do, undo, finish. What takes long goes on by itself
/// after the answer; SHOW MIGRATION watches it.
public sealed interface Migrate extends Action {
    String TAG = "MIGRATE";

    record Start(Controls controls, String database, String server, Set<String> accepted)
            implements Migrate {
        @Override
        public Rows run(Caller caller) throws Refused {
            var selection = new Selection(controls);
            var found = selection.movable(database);
            var target = selection.server(found, server);
            controls.migrations().start(idle(selection, found), target, accepted);
            return Rows.done(TAG);
        }
    }

    record Plan(Controls controls, String database, String server) implements Migrate {
        @Override
        public List<Column> columns() {
            return Column.list("step:int4 sql");
        }

        @Override
        public Rows run(Caller caller) throws Refused {
            var selection = new Selection(controls);
            var found = selection.movable(database);
            var target = selection.server(found, server);
            return numbered(controls.migrations().plan(found.name(), target), columns(), TAG);
        }
    }

    record Abort(Controls controls, String database) implements Migrate {
        @Override
        public Rows run(Caller caller) throws Refused {
            controls.migrations().abort(idle(controls, database));
            return Rows.done(TAG);
        }
    }

    record Complete(Controls controls, String database) implements Migrate {
        @Override
        public List<Column> columns() {
            return Column.list("step:int4 left_to_do");
        }

        @Override
        public Rows run(Caller caller) throws Refused {
            return numbered(
                    controls.migrations().complete(idle(controls, database)), columns(), TAG);
        }
    }

    private static String idle(Controls controls, String typed) throws Refused {
        var selection = new Selection(controls);
        return idle(selection, selection.movable(typed));
    }

    /// The name of a database that a migration may be begun or ended for now.
    private static String idle(Selection selection, Database found) throws Refused {
        var name = found.name();
        selection.refuseBusy(List.of(name));
        selection.refuseUndecided(name);
        selection.refuseOtherInstance(List.of(name));
        return name;
    }

    static Rows numbered(List<String> texts, List<Column> columns, String tag) {
        var rows = Rows.under(columns);
        for (int i = 0; i < texts.size(); i++) {
            rows.row(Cell.of(i + 1), Cell.of(texts.get(i)));
        }
        return rows.build(tag);
    }
}
