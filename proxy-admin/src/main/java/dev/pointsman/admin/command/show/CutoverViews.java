package dev.pointsman.admin.command.show;

import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.cutover.Running;
import dev.pointsman.core.cutover.report.Report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/// Cutovers: the one in progress, those of the past, and why a server serves.
final class CutoverViews {
    private final Controls controls;

    CutoverViews(Controls controls) {
        this.controls = controls;
    }

    void running(Rows.Builder rows, List<String> databases) {
        for (var database : databases) {
            controls.cutovers()
                    .running(database)
                    .ifPresent(run -> rows.row(running(run, database)));
        }
    }

    private static List<Cell> running(Running run, String database) {
        var subject = run.subject();
        var asked = run.asked();
        return List.of(
                Cell.of(subject.id()),
                Cell.of(database),
                Cell.of(subject.source()),
                Cell.of(subject.target()),
                Cell.of(subject.epoch()),
                Cell.of(asked.started()),
                Cell.of(run.stage().word()),
                Cell.of(run.since()),
                Cell.millis(Duration.between(asked.started(), Instant.now())),
                Cell.of(asked.dryRun()),
                Cell.of(asked.requester().operator()),
                Cell.of(asked.requester().address()));
    }

    /// The running ones first, with NULL for what is not known yet, then the reports from the
    /// newest to the oldest; a row for each database.
    void reports(Rows.Builder rows, Collection<String> databases) {
        for (var database : databases) {
            controls.cutovers().running(database).ifPresent(run -> rows.row(begun(run, database)));
        }
        for (var report : controls.cutovers().reports().reversed()) {
            for (var database : report.subject().databases()) {
                if (databases.contains(database)) {
                    rows.row(report(report, database));
                }
            }
        }
    }

    private static List<Cell> begun(Running run, String database) {
        var cells = new ArrayList<Cell>();
        cells.addAll(subject(run.subject(), database, run.asked()));
        cells.add(Cell.of(run.stage().word()));
        cells.addAll(Collections.nCopies(6, Cell.ABSENT));
        cells.add(Cell.of(run.asked().dryRun()));
        cells.add(Cell.of(run.asked().requester().operator()));
        cells.add(Cell.of(run.asked().requester().address()));
        cells.addAll(Collections.nCopies(4, Cell.ABSENT));
        return cells;
    }

    private static List<Cell> subject(Report.Subject subject, String database, Report.Asked asked) {
        return List.of(
                Cell.of(subject.id()),
                Cell.of(database),
                Cell.orAbsent(subject.source()),
                Cell.orAbsent(subject.target()),
                Cell.of(subject.epoch()),
                Cell.of(asked.started()));
    }

    private static List<Cell> report(Report report, String database) {
        var asked = report.asked();
        var ending = report.ending();
        var pause = report.pause();
        var cells = new ArrayList<Cell>();
        cells.addAll(subject(report.subject(), database, asked));
        cells.add(Cell.of(ending.stage().word()));
        cells.add(Cell.of(ending.outcome().word()));
        cells.add(Cell.millis(pause.pause()));
        cells.add(Cell.millis(pause.longestHold()));
        cells.add(Cell.of(pause.clients().connected()));
        cells.add(Cell.of(pause.clients().held()));
        cells.add(Cell.of(pause.clients().failed()));
        cells.add(Cell.of(asked.dryRun()));
        cells.add(Cell.of(asked.requester().operator()));
        cells.add(Cell.of(asked.requester().address()));
        cells.add(Cell.orAbsent(String.join("; ", ending.warnings())));
        cells.add(Cell.orAbsent(ending.message()));
        var waited = pause.waited();
        cells.add(waited.map(it -> Cell.millis(it.longest())).orElse(Cell.ABSENT));
        cells.add(waited.map(it -> Cell.millis(it.median())).orElse(Cell.ABSENT));
        return cells;
    }

    void why(Rows.Builder rows, List<String> databases) {
        for (var database : databases) {
            for (var row : controls.cutovers().why(database)) {
                rows.row(
                        Cell.of(row.database()),
                        Cell.of(row.from()),
                        Cell.of(row.epoch()),
                        Cell.of(row.kind()),
                        Cell.orAbsent(row.server()),
                        Cell.of(row.decides()),
                        Cell.orAbsent(row.unfinished()));
            }
        }
    }
}
