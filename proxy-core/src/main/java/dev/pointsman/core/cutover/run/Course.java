package dev.pointsman.core.cutover.run;

import dev.pointsman.core.cutover.report.Phase;
import dev.pointsman.core.cutover.report.Stage;
import dev.pointsman.core.gate.Waits;
import dev.pointsman.core.meter.DatabaseMeter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The course of one run: the only place where its state changes. While clients are held the run
/// itself tells nobody: what there is to tell is kept until the gates are open. A thread beside it
/// tells it earlier when a stage of the pause lasts, so that an operator sees what is waited for; a
/// pause without such a stage is over before anything was told of it.
public final class Course {
    private static final Logger log = LoggerFactory.getLogger(Course.class);
    private static final Duration LASTS = Duration.ofMillis(50);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(25);

    private final String database;
    private final DatabaseMeter meter;
    private final Consumer<Phase> observer;
    private final long started = System.nanoTime();
    private final List<Phase> over = new ArrayList<>();
    private final Queue<Phase> untold = new ConcurrentLinkedQueue<>();
    private final Lock telling = new ReentrantLock();
    private volatile Stage stage = Stage.CHECK;
    private Stage reached = Stage.CHECK;
    private String detail = "";
    private volatile long entered = started;
    private volatile boolean isQuiet; // the run tells nobody for now
    private boolean begun;
    private long heldSince;
    private long releasedAt;
    private Duration pause = Duration.ZERO;

    public Course(String database, DatabaseMeter meter, Consumer<Phase> observer) {
        this.database = database;
        this.meter = meter;
        this.observer = observer;
    }

    /// Any thread.
    public Stage stage() {
        return stage;
    }

    /// How far the run came: the stage under way, or the one that failed where it was undone.
    public Stage reached() {
        return reached;
    }

    /// All stages that are over, in order.
    public List<Phase> phases() {
        return List.copyOf(over);
    }

    /// From the hold to the release of the last pause; zero when there was none.
    public Duration pause() {
        return pause;
    }

    void enter(State state) {
        transition(state.stage(), state.detail(), true);
    }

    /// The decision is made, and what follows it begins.
    public void follow() {
        enter(new State.Following());
    }

    /// The last stage is over.
    public void end() {
        transition(stage, "", false);
    }

    /// So long did clients wait, as the last stage says.
    public void waited(Waits waits) {
        if (waits.clients() == 0) {
            return;
        }
        meter.longestWait(waits.longest());
        var longest = waits.longest().toNanos() / 1e6;
        note(String.format(Locale.ROOT, "clients waited for %.3f ms at most", longest));
        if (waits.waiting() > 0) {
            note(waits.waiting() + " of them still wait");
        }
    }

    /// Adds what a stage found to what it said when it began.
    void note(String more) {
        detail = detail.isEmpty() ? more : detail + ", " + more;
    }

    private void transition(Stage next, String nextDetail, boolean begins) {
        var left = stage;
        var now = left == Stage.RELEASE ? releasedAt : System.nanoTime();
        if (begun) {
            var phase =
                    new Phase(
                            left,
                            Duration.ofNanos(entered - started),
                            Duration.ofNanos(now - entered),
                            detail,
                            true);
            over.add(phase);
            untold.add(phase);
        }
        if (begins && next == Stage.HOLD) {
            heldSince = now;
        }
        begun = begins;
        stage = next;
        if (next != Stage.UNDO) {
            reached = next;
        }
        detail = nextDetail;
        entered = now;
        if (begins) {
            untold.add(
                    new Phase(next, Duration.ofNanos(now - started), Duration.ZERO, detail, false));
        }
        if (next.inPause() && begins) {
            beQuiet();
        } else {
            isQuiet = false;
            tell();
        }
    }

    private void beQuiet() {
        if (!isQuiet) {
            isQuiet = true;
            var run = Thread.currentThread();
            Thread.ofVirtual().name("cutover-phases").start(() -> tellWhatLasts(run));
        }
    }

    private void tellWhatLasts(Thread run) {
        while (isQuiet && run.isAlive()) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            if (isQuiet && System.nanoTime() - entered > LASTS.toNanos()) {
                tell();
            }
        }
    }

    /// The gates are open: the pause is over, and observers may be told. It `lasted` as long as the
    /// event loops say, which were done before this thread heard of it.
    void released(Duration lasted) {
        pause = lasted;
        isQuiet = false;
        releasedAt = Math.max(entered, heldSince + lasted.toNanos());
        meter.pause(lasted);
        tell();
    }

    private void tell() {
        telling.lock();
        try {
            for (var phase = untold.poll(); phase != null; phase = untold.poll()) {
                tell(phase);
            }
        } finally {
            telling.unlock();
        }
    }

    private void tell(Phase phase) {
        if (phase.over()) {
            meter.phase(phase.word(), phase.took());
        }
        log.atInfo()
                .addKeyValue("database", database)
                .addKeyValue("phase", phase.word())
                .addKeyValue("at_ms", millis(phase.at()))
                .addKeyValue("took_ms", millis(phase.took()))
                .addKeyValue("detail", phase.detail())
                .log(phase.over() ? "cutover phase over" : "cutover phase begins");
        try {
            observer.accept(phase);
        } catch (RuntimeException e) {
            log.atDebug().addKeyValue("cause", e).log("observer of a cutover has gone");
        }
    }

    private static double millis(Duration time) {
        return Math.round(time.toNanos() / 1e3) / 1e3;
    }
}
