package dev.pointsman.admin.command.show;

import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.operate.Closures;
import dev.pointsman.admin.command.operate.Closures.Closure;
import dev.pointsman.admin.command.operate.Closures.Kind;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.cutover.Running;
import dev.pointsman.core.cutover.report.Stage;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Gate;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Which server serves which database, and in which state that is.
public final class RouteViews {
    /// In the words of SHOW ROUTES; of several that hold, the first of these is shown.
    public enum State {
        UNDECIDED,
        HELD,
        PAUSED,
        MAINTENANCE,
        DISABLED,
        FENCED,
        SERVING
    }

    private final Controls controls;
    private final Closures closures;

    public RouteViews(Controls controls, Closures closures) {
        this.controls = controls;
        this.closures = closures;
    }

    void routes(Rows.Builder rows, List<String> databases) {
        for (var database : databases) {
            var route = controls.routes().current(database);
            var state = state(database);
            rows.row(
                    Cell.of(database),
                    Cell.of(route.server()),
                    Cell.of(route.epoch()),
                    Cell.words(state),
                    Cell.of(since(database, state)));
        }
    }

    public State state(String database) {
        var closers = controls.gates().of(database).closers();
        Predicate<Class<? extends Closer>> closedBy =
                kind -> closers.stream().anyMatch(kind::isInstance);
        if (closedBy.test(Closer.Undecided.class)) {
            return State.UNDECIDED;
        }
        if (closedBy.test(Closer.Cutover.class)) {
            return State.HELD;
        }
        if (closedBy.test(Closer.Pause.class)
                || closedBy.test(Closer.Suspended.class)
                || closedBy.test(Closer.Killed.class)) {
            return State.PAUSED;
        }
        if (closedBy.test(Closer.Maintenance.class)) {
            return State.MAINTENANCE;
        }
        if (controls.gates().of(database).disabled().isPresent()) {
            return State.DISABLED;
        }
        boolean fencing =
                controls.cutovers()
                        .running(database)
                        .filter(it -> it.stage() == Stage.FENCE)
                        .isPresent();
        return fencing ? State.FENCED : State.SERVING;
    }

    private Instant since(String database, State state) {
        var served = controls.routes().current(database).since();
        return switch (state) {
            case SERVING, UNDECIDED -> served;
            case HELD, FENCED ->
                    controls.cutovers().running(database).map(Running::since).orElse(served);
            case PAUSED ->
                    Stream.of(Kind.PAUSE, Kind.SUSPEND, Kind.KILL)
                            .flatMap(kind -> closures.find(database, kind).stream())
                            .map(Closure::since)
                            .findFirst()
                            .orElse(served);
            case MAINTENANCE ->
                    closures.find(database, Kind.MAINTENANCE).map(Closure::since).orElse(served);
            case DISABLED ->
                    controls.gates()
                            .of(database)
                            .disabled()
                            .map(Gate.Disabled::since)
                            .orElse(served);
        };
    }
}
