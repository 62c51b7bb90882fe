package dev.pointsman.admin.command.operate;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.Patience;
import dev.pointsman.admin.command.Scope;
import dev.pointsman.admin.command.operate.Closures.Closure;
import dev.pointsman.admin.command.operate.Closures.Kind;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// `PAUSE`, `MAINTENANCE ON` and `SUSPEND`: hold new transactions and answer once the running ones
/// have ended; SUSPEND also waits until clients have taken all that was sent to them. Until then
/// Ctrl-C, a lost connection or the end of the operator's patience undoes it; afterwards it stays.
public record Pause(Controls controls, Closures closures, Kind kind, Scope scope, Patience patience)
        implements Action {
    private static final Duration UNLIMITED = Duration.ofDays(36_500);
    private static final Duration TELL_EVERY = Duration.ofSeconds(5);
    private static final Duration TELL_FIRST = Duration.ofSeconds(1);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final int NAMED_MAX = 5;

    @Override
    public Rows run(Caller caller) throws Refused, InterruptedException {
        var selection = new Selection(controls);
        var databases = selection.of(scope);
        selection.refuseBusy(databases);
        selection.refuseOtherInstance(databases);
        var closed = close(databases, caller);
        boolean drained = false;
        try {
            caller.attention()
                    .interrupting(
                            () -> {
                                drain(closed, caller);
                                if (kind == Kind.SUSPEND) {
                                    flush(caller);
                                }
                                return closed;
                            });
            drained = true;
        } finally {
            if (!drained) {
                closed.forEach(closures::open);
            }
        }
        if (kind == Kind.PAUSE) {
            closed.forEach(this::closeIdle);
        }
        return Rows.done(tag());
    }

    private String tag() {
        return switch (kind) {
            case PAUSE, KILL -> "PAUSE";
            case MAINTENANCE -> "MAINTENANCE";
            case SUSPEND -> "SUSPEND";
        };
    }

    private List<Closure> close(List<String> databases, Caller caller) throws Refused {
        var closed = new ArrayList<Closure>();
        for (var database : databases) {
            closures.close(controls.gates().of(database), kind, caller.operator().name())
                    .ifPresent(closed::add);
        }
        if (closed.isEmpty()) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    String.join(", ", databases) + already(),
                    kind == Kind.MAINTENANCE
                            ? "End it with MAINTENANCE OFF."
                            : "End it with RESUME.");
        }
        return closed;
    }

    private String already() {
        return switch (kind) {
            case PAUSE, KILL -> " is paused already";
            case MAINTENANCE -> " is under maintenance already";
            case SUSPEND -> " is suspended already";
        };
    }

    /// Waits until what was sent to clients has left for them.
    private void flush(Caller caller) throws InterruptedException {
        var tell = System.nanoTime() + TELL_FIRST.toNanos();
        while (true) {
            int left = controls.sessions().unflushed().join();
            if (left == 0) {
                return;
            }
            if (System.nanoTime() - tell > 0) {
                caller.notice("waiting for " + left + " clients to take what was sent to them");
                tell = System.nanoTime() + TELL_EVERY.toNanos();
            }
            Thread.sleep(LOOK_EVERY);
        }
    }

    private void drain(List<Closure> closed, Caller caller) throws Refused, InterruptedException {
        long start = System.nanoTime();
        var limit =
                switch (patience) {
                    case Patience.Unlimited() -> UNLIMITED;
                    case Patience.Within(var within) -> within;
                };
        var nextTold = TELL_FIRST;
        for (var closure : closed) {
            while (true) {
                var left = limit.minusNanos(System.nanoTime() - start);
                var wait = left.compareTo(nextTold) < 0 ? left : nextTold;
                if (closure.hold().awaitDrained(wait.isNegative() ? Duration.ZERO : wait)) {
                    break;
                }
                if (isLostInSilence(closure)) {
                    caller.notice(
                            "not waited for, since the server does not answer: "
                                    + inTheWay(closure.hold().inside())
                                    + "; what was sent may still be carried out there");
                    break;
                }
                var inside = inside(closed);
                if (left.compareTo(wait) <= 0) {
                    throw new Refused(
                            SqlState.LOCK_NOT_AVAILABLE,
                            "not drained within %d ms and undone: %s"
                                    .formatted(limit.toMillis(), inTheWay(inside)),
                            "Give it more time, or end what is in the way: " + ending(inside));
                }
                caller.notice("waiting for " + inTheWay(inside) + "; " + ending(inside));
                nextTold = TELL_EVERY;
            }
        }
    }

    /// Whether all who are inside have lost their servers, and those do not answer. Nothing of ours
    /// runs any more then as far as can be known, and an operator may be about to see to that very
    /// server.
    private boolean isLostInSilence(Closure closure) {
        return controls.losesInSilence(closure.database())
                && closure.hold().inside().stream().allMatch(Insider::isLost);
    }

    private static List<Insider> inside(List<Closure> closed) {
        return closed.stream().flatMap(closure -> closure.hold().inside().stream()).toList();
    }

    /// How to end those who are inside: a client that has gone cannot be killed, its process can.
    private static String ending(List<Insider> inside) {
        var ways = new ArrayList<String>();
        if (!inside.stream().allMatch(Insider::isLost)) {
            ways.add("KILL_CLIENT id ends a client");
        }
        if (inside.stream().anyMatch(Insider::isLost)) {
            ways.add(
                    "pg_terminate_backend(pid) on the server ends a process whose connection is"
                            + " lost");
        }
        return String.join(", ", ways);
    }

    /// Who is inside, by name.
    private static String inTheWay(List<Insider> inside) {
        var names =
                inside.stream().limit(NAMED_MAX).map(Pause::name).collect(Collectors.joining("; "));
        int more = inside.size() - NAMED_MAX;
        return inside.size()
                + (inside.size() == 1 ? " transaction" : " transactions")
                + (names.isEmpty() ? "" : ": " + names)
                + (more > 0 ? "; and " + more + " more" : "");
    }

    private static String name(Insider insider) {
        return "client %d, %s from %s, server process %d, %s for %d ms"
                .formatted(
                        insider.sessionId(),
                        insider.user(),
                        insider.clientAddress(),
                        insider.serverPid(),
                        insider.doing(),
                        Duration.between(insider.since(), Instant.now()).toMillis());
    }

    private void closeIdle(Closure closure) {
        var database = closure.database();
        controls.pools().retire(database, controls.routes().current(database).server());
    }
}
