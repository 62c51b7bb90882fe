package dev.pointsman.core.cutover.run;

import dev.pointsman.core.migration.passage.Deadline;
import dev.pointsman.core.migration.passage.Ours;
import dev.pointsman.core.migration.passage.Passage;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// What a run makes sure of while clients still run on the source: conditions, connections to the
/// target, calm, and who else is there.
final class Approach {
    private static final Duration STRANGERS_LEAVE = Duration.ofMillis(500);
    private static final Duration STRANGERS_END = Duration.ofSeconds(5);
    private static final Duration WARM_LIMIT = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Plan plan;
    private final Passage passage;
    private final Traffic traffic;
    private final Books books;
    private final Course course;
    private final Will will;
    private final List<String> warnings;
    private List<String> strangers = List.of();
    private Ours here;
    private Ours there;
    private int connected;

    /// Warnings for the report are added to `warnings`.
    Approach(Plan plan, Cutover.Parts parts, List<String> warnings) {
        this.plan = plan;
        this.passage = parts.passage();
        this.traffic = parts.traffic();
        this.books = parts.books();
        this.course = parts.course();
        this.will = parts.will();
        this.warnings = warnings;
        this.here = plan.ours();
        this.there = plan.ours();
    }

    /// What is ours on the source.
    Ours here() {
        return here;
    }

    /// What is ours on the target.
    Ours there() {
        return there;
    }

    /// Sessions that are not ours, as far as any were found.
    List<String> strangers() {
        return strangers;
    }

    /// Clients that were there just before the hold.
    int connected() {
        return connected;
    }

    /// These were in the way, unless others were found to be before.
    void gaveUpOver(List<String> named) {
        if (strangers.isEmpty()) {
            strangers = named;
        }
    }

    void requireConditions() throws SQLException, Abort {
        var settings = plan.settings();
        var unmet = new ArrayList<String>();
        for (var one : passage.conditions(settings.maxLagBytes(), settings.calmTimeout())) {
            if (plan.accepted().contains(one.id()) && !one.unsafe()) {
                warnings.add("accepted: " + one.id() + ": " + one.finding());
            } else {
                unmet.add(one.id() + ": " + one.finding() + ". " + one.mend());
            }
        }
        if (!unmet.isEmpty()) {
            throw Abort.because("conditions are not met: " + String.join("; ", unmet));
        }
    }

    /// Makes a logged-in connection to the target for everybody, and runs every statement of the
    /// pause once.
    void warm() throws SQLException, IOException, Abort {
        if (books.openTarget()) {
            requireWritable(traffic.warm(plan.target(), WARM_LIMIT));
        } else {
            warnings.add(
                    "logins to %s were not tried: it is fenced, and a rehearsal lets nobody in"
                            .formatted(plan.target()));
        }
        books.closeTarget();
        var warmed = traffic.pids(plan.target());
        course.note(warmed.size() + " ready");
        passage.prepare(
                plan.ours().withPids(traffic.pids(plan.source())), plan.ours().withPids(warmed));
    }

    /// Our control connections write whatever the server's default is; those of clients show it.
    /// They stay as they began, whatever is mended: the next attempt opens others.
    private void requireWritable(Set<String> losing) throws Abort {
        if (!losing.isEmpty() && !plan.accepts("read-only")) {
            throw Abort.because(
                    ("transactions of user %s are read-only by default on server %s and not on the"
                                    + " serving one: their writes would fail with 25006; set"
                                    + " default_transaction_read_only there as it is here, for the"
                                    + " role, the database or the server")
                            .formatted(String.join(", ", losing), plan.target()));
        }
    }

    /// Up to the calm time-out. Policies that end or outwait stragglers go on without calm.
    void awaitCalm() throws SQLException, Abort {
        var until = Deadline.in(plan.settings().calmTimeout());
        while (true) {
            will.requireFree();
            var old = passage.longTransactions(plan.settings().drainTimeout());
            if (old.isEmpty()) {
                return;
            }
            if (until.passed()) {
                switch (plan.stragglers()) {
                    case ABORT -> throw Abort.stragglers("no calm moment, transactions go on", old);
                    case CANCEL, WAIT -> {
                        return;
                    }
                }
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /// Neither here, nor in what was written on a target that was left.
    void requireNobodyElse() throws SQLException, Abort {
        requireNoStrangers();
        books.requireNoStrays();
    }

    /// Which connections are ours is settled here: the source is sealed and on the target none is
    /// replaced, so they can only become fewer. New strangers cannot come in any more where the
    /// fence is up; those that are about to leave get a moment for it.
    private void requireNoStrangers() throws SQLException, Abort {
        here = plan.ours().withPids(traffic.pids(plan.source()));
        there = plan.ours().withPids(traffic.pids(plan.target()));
        connected = traffic.clients();
        var until = Deadline.in(STRANGERS_LEAVE);
        strangers = passage.strangers(here, there);
        while (!strangers.isEmpty() && !until.passed() && !plan.tolerates()) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            strangers = passage.strangers(here, there);
        }
        if (strangers.isEmpty()) {
            return;
        }
        switch (plan.strangers()) {
            case REFUSE -> throw Abort.strangers(strangers);
            case TERMINATE -> {
                var left = passage.endStrangers(here, there, STRANGERS_END);
                if (!left.isEmpty()) {
                    throw Abort.strangers(left);
                }
            }
            case TOLERATE ->
                    warnings.add(
                            "tolerated, their writes are not covered: "
                                    + String.join("; ", strangers));
        }
    }
}
