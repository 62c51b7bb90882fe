package dev.pointsman.admin.command.move;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.operate.Selection;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Column;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.Refused;

import java.util.List;

/// `REPAIR db`: finishes or undoes what an interrupted cutover left; DRY RUN says what it would do.
public record Repair(Controls controls, String database, boolean dryRun) implements Action {
    @Override
    public List<Column> columns() {
        return Column.list("database step settled:bool");
    }

    @Override
    public Rows run(Caller caller) throws Refused {
        var selection = new Selection(controls);
        var name = selection.database(database).name();
        selection.refuseBusy(List.of(name));
        var result = controls.cutovers().repair(name, dryRun);
        var rows = Rows.under(columns());
        for (var step : result.steps()) {
            rows.row(Cell.of(name), Cell.of(step), Cell.of(result.settled()));
        }
        if (result.steps().isEmpty()) {
            rows.row(Cell.of(name), Cell.of("nothing was unfinished"), Cell.of(result.settled()));
        }
        return rows.build("REPAIR");
    }

    /// `REPAIR db PRINT SQL`: what undoes the fence by hand, one statement a row.
    public record Sql(Controls controls, String database) implements Action {
        @Override
        public List<Column> columns() {
            return Column.list("step:int4 sql");
        }

        @Override
        public Rows run(Caller caller) throws Refused {
            var name = new Selection(controls).database(database).name();
            return Migrate.numbered(controls.cutovers().repairSql(name), columns(), "REPAIR");
        }
    }
}
