package dev.pointsman.admin.command.move;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.AdminCommand.CutoverOptions;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.operate.Selection;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Column;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.cutover.CutoverOrder;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Phase;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.Requester;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.util.ArrayList;
import java.util.List;

/// `CUTOVER … TO` and `CUTOVER … BACK`: the switch, or with DRY RUN its rehearsal. Ctrl-C gives it
/// up unless it is decided; a lost connection changes nothing. Everything but a switch or a
/// rehearsal is an error.
public record Cutover(Controls controls, List<String> typed, Course course, CutoverOptions options)
        implements Action {
    private static final String TAG = "CUTOVER";
    private static final String COLUMNS = "phase at_ms:numeric took_ms:numeric detail";

    /// Where to, as typed.
    public sealed interface Course {
        record To(String server) implements Course {}

        record Back(boolean ignoringStrays) implements Course {}
    }

    @Override
    public List<Column> columns() {
        return Column.list(COLUMNS);
    }

    @Override
    public Rows run(Caller caller) throws Refused, InterruptedException {
        var order = order(caller);
        var first = order.databases().getFirst();
        var report =
                caller.attention()
                        .cancelling(
                                () -> cancel(first, caller),
                                () -> controls.cutovers().run(order, phase -> tell(caller, phase)));
        return answer(report);
    }

    private CutoverOrder order(Caller caller) throws Refused {
        var selection = new Selection(controls);
        var databases = new ArrayList<String>();
        for (var name : typed) {
            databases.add(selection.movable(name).name());
        }
        selection.refuseBusy(databases);
        selection.refuseOtherInstance(databases);
        var destination =
                switch (course) {
                    case Course.To(var server) ->
                            new Destination.To(
                                    selection.server(
                                            selection.database(databases.getFirst()), server));
                    case Course.Back(var ignoringStrays) -> new Destination.Back(ignoringStrays);
                };
        return new CutoverOrder(
                databases,
                destination,
                options.dryRun(),
                options.maxPause(),
                options.accepted(),
                new Requester(caller.operator().name(), caller.operator().address()));
    }

    private void cancel(String database, Caller caller) {
        try {
            controls.cutovers().cancel(database);
        } catch (Refused refused) {
            caller.notice("not cancelled: " + refused.report().message());
        }
    }

    private static void tell(Caller caller, Phase phase) {
        var detail = phase.detail().isEmpty() ? "" : ": " + phase.detail();
        caller.notice(
                phase.over()
                        ? "%s took %.3f ms%s"
                                .formatted(phase.word(), phase.took().toNanos() / 1e6, detail)
                        : phase.word() + " begins" + detail);
    }

    private Rows answer(Report report) throws Refused {
        var ending = report.ending();
        switch (ending.outcome()) {
            case SWITCHED, REHEARSED -> {}
            case REFUSED, ROLLED_BACK -> throw aborted(report);
            case UNKNOWN ->
                    throw new Refused(
                            ErrorReport.error(
                                            SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
                                            "the outcome of cutover "
                                                    + report.subject().id()
                                                    + " is unknown and clients stay held: "
                                                    + ending.message())
                                    .withHint(
                                            "SHOW WHY says what is unfinished; REPAIR settles"
                                                    + " it."));
        }
        var rows = Rows.under(columns());
        for (var phase : ending.phases()) {
            if (phase.over()) {
                rows.row(
                        Cell.of(phase.word()),
                        Cell.millis(phase.at()),
                        Cell.millis(phase.took()),
                        Cell.orAbsent(phase.detail()));
            }
        }
        return rows.build(TAG);
    }

    private static Refused aborted(Report report) {
        var subject = report.subject();
        var source = subject.source().isEmpty() ? "the source" : subject.source();
        var how = report.ending().outcome() == Outcome.REFUSED ? "refused" : "given up and undone";
        var why = report.ending().message();
        var serves = "; " + source + " still serves";
        return new Refused(
                ErrorReport.error(
                                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                                "cutover %d was %s in phase %s: %s%s"
                                        .formatted(
                                                subject.id(),
                                                how,
                                                report.ending().stage().word(),
                                                why,
                                                why.endsWith(serves) ? "" : serves))
                        .withDetail(String.join("\n", report.ending().warnings()))
                        .withHint("SHOW CUTOVERS keeps the report; nothing has to be undone."));
    }
}
