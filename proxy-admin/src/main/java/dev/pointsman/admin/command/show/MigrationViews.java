package dev.pointsman.admin.command.show;

import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.Refused;

import java.util.List;

/// Migrations and their tables.
final class MigrationViews {
    private final Controls controls;

    MigrationViews(Controls controls) {
        this.controls = controls;
    }

    void status(Rows.Builder rows, List<String> databases) {
        for (var database : databases) {
            var status = controls.migrations().status(database);
            rows.row(
                    Cell.of(status.database()),
                    Cell.orAbsent(status.source()),
                    Cell.orAbsent(status.target()),
                    Cell.of(status.state().word()),
                    Cell.of(status.tables()),
                    Cell.of(status.tablesReady()),
                    status.lagBytes().map(Cell::of).orElse(Cell.ABSENT),
                    status.lagTime().map(Cell::millis).orElse(Cell.ABSENT),
                    status.etaLeft().map(left -> Cell.of(left.toSeconds())).orElse(Cell.ABSENT),
                    Cell.orAbsent(status.waitingFor()),
                    Cell.of(status.reverse().word()),
                    Cell.orAbsent(status.sourceVersion()),
                    Cell.orAbsent(status.targetVersion()),
                    Cell.orAbsent(status.message()));
        }
    }

    void grants(Rows.Builder rows, List<String> databases) {
        for (var database : databases) {
            for (var line : controls.migrations().grants(database)) {
                rows.row(Cell.of(database), Cell.of(line.server()), Cell.of(line.sql()));
            }
        }
    }

    void tables(Rows.Builder rows, List<String> databases) throws Refused {
        for (var database : databases) {
            for (var table : controls.migrations().tables(database)) {
                rows.row(
                        Cell.of(table.database()),
                        Cell.of(table.table()),
                        Cell.of(table.state()),
                        table.rows() < 0 ? Cell.ABSENT : Cell.of(table.rows()),
                        Cell.of(table.bytes()),
                        Cell.of(table.copiedBytes()));
            }
        }
    }
}
