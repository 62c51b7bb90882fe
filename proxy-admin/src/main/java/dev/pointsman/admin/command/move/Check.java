package dev.pointsman.admin.command.move;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.operate.Selection;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Column;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.migration.Check.Blocks;
import dev.pointsman.core.migration.Check.Verdict;
import dev.pointsman.core.migration.preflight.Preflight;
import dev.pointsman.core.wire.Refused;

import java.util.List;

/// `CHECK db TO server`: the preflight, one row a check, whether a fence can be put up, and the
/// sessions that cannot be carried.
public record Check(Controls controls, String database, String server) implements Action {
    /// The id of the rows about clients.
    public static final String SESSIONS = "sessions";

    private static final String COLUMNS =
            "id server object verdict finding mend blocks unsafe:bool";

    @Override
    public List<Column> columns() {
        return Column.list(COLUMNS);
    }

    @Override
    public Rows run(Caller caller) throws Refused {
        var selection = new Selection(controls);
        var found = selection.movable(database);
        var target = selection.server(found, server);
        var rows = Rows.under(columns());
        var checks = controls.migrations().check(found.name(), target);
        checks.forEach(check -> add(rows, check));
        if (checks.stream().noneMatch(Check::isSilence) && !isBusy(found.name())) {
            controls.cutovers().fence(found.name(), target).forEach(check -> add(rows, check));
        }
        addSessions(rows, found.name());
        return rows.build("CHECK");
    }

    /// A trial takes a transaction id, which a run under way would have to explain.
    private boolean isBusy(String name) {
        return controls.cutovers().busy(name);
    }

    /// A server that did not let us in is not asked again about something else.
    private static boolean isSilence(dev.pointsman.core.migration.Check check) {
        return check.id().equals(Preflight.CONNECTION) && check.verdict() != Verdict.PASS;
    }

    private static void add(Rows.Builder rows, dev.pointsman.core.migration.Check check) {
        rows.row(
                Cell.of(check.id()),
                Cell.orAbsent(check.server()),
                Cell.orAbsent(check.object()),
                Cell.words(check.verdict()),
                Cell.of(check.finding()),
                Cell.orAbsent(check.mend()),
                Cell.words(check.blocks()),
                Cell.of(check.unsafe()));
    }

    /// Clients that a cutover would end rather than carry along, as far as they have shown.
    private void addSessions(Rows.Builder rows, String name) {
        for (var session : controls.sessions().snapshot()) {
            if (session.database().equals(name) && !session.ties().obstacle().isEmpty()) {
                rows.row(
                        Cell.of(SESSIONS),
                        Cell.of(controls.routes().current(name).server()),
                        Cell.of("client " + session.id() + ", user " + session.user()),
                        Cell.words(Verdict.WARN),
                        Cell.of("a cutover may end it: " + session.ties().obstacle()),
                        Cell.of("Let it connect again afterwards, or end it before: KILL_CLIENT."),
                        Cell.words(Blocks.NONE),
                        Cell.of(false));
            }
        }
    }
}
