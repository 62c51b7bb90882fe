package dev.pointsman.core.gate;

import dev.pointsman.core.gate.Place.Where;
import dev.pointsman.core.wire.ErrorReport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One event loop's part of a gate, touched on that loop only.
///
/// A session that wants to begin a transaction calls [#ask]. Admitted, it borrows a server
/// connection; once it has one it checks [#isOpen] again, because it may have waited for the pool
/// meanwhile, and calls [#enter]. Not admitted, or closed by then, it gives the connection back
/// untouched and calls [#hold].
public final class LoopGate {
    private static final Logger log = LoggerFactory.getLogger(LoopGate.class);

    private final String database;
    private final EventLoop loop;
    private final Gates.Settings settings;
    private final List<Hold.OnLoop> holds = new ArrayList<>();
    private final Place held = Place.head();
    private final Place inside = Place.head();
    private Place lastSeat = held;
    private boolean open = true;
    private int heldCount;
    private int insideCount;
    private long heldBytes;
    private long turns;
    private @Nullable Future<?> expiry;
    private Waits.@Nullable OnLoop lastWaits; // of the hold that ended last, until it was asked

    LoopGate(String database, EventLoop loop, Gates.Settings settings) {
        this.database = database;
        this.loop = loop;
        this.settings = settings;
    }

    public boolean isOpen() {
        return open;
    }

    /// Whether a transaction may begin now. Draws the session's turn, which it keeps until it
    /// enters, however often it has to come back.
    public boolean ask(Gated session) {
        Place place = session.place();
        if (place.turn == 0) {
            place.turn = ++turns;
        }
        return open;
    }

    /// The session holds a server connection now and is about to use it.
    public void enter(Gated session) {
        assert loop.inEventLoop();
        Place place = session.place();
        if (!open || place.where != Where.OUT) {
            throw new IllegalStateException(
                    "entering a gate that is " + (open ? "open" : "closed") + ", " + place.where);
        }
        if (place.waits != null) {
            Waits.OnLoop.end(place, now());
        }
        place.where = Where.INSIDE;
        place.turn = 0;
        place.linkAfter(inside.previous);
        insideCount++;
    }

    /// The session's server connection said that nothing runs on it, or is gone.
    public void leave(Gated session) {
        assert loop.inEventLoop();
        Place place = session.place();
        if (place.where != Where.INSIDE) {
            return;
        }
        place.where = Where.OUT;
        place.unlink();
        insideCount--;
        for (int i = 0; i < holds.size(); i++) {
            holds.get(i).onInside(insideCount);
        }
    }

    /// The session waits until [Gated#onGateOpened]. Only at a closed gate.
    public void hold(Gated session) {
        assert loop.inEventLoop();
        Place place = session.place();
        if (open || place.where != Where.OUT) {
            throw new IllegalStateException(
                    "held at a gate that is " + (open ? "open" : "closed") + ", " + place.where);
        }
        if (place.turn == 0) {
            place.turn = ++turns;
        }
        Waits.OnLoop.end(place, now());
        place.where = Where.HELD;
        place.heldSince = now();
        place.linkAfter(seatBefore(place.turn));
        lastSeat = place;
        heldCount++;
        holds.forEach(Hold.OnLoop::onHeld);
        watchExpiry();
    }

    /// The gate is open, but the session's statement must wait: until the session has been carried
    /// to the server that serves now. Counts for the hold that ended last.
    public void delayed(Gated session) {
        assert loop.inEventLoop();
        Place place = session.place();
        if (lastWaits != null && place.waits == null && place.where == Where.OUT) {
            lastWaits.begin(place, now());
        }
    }

    /// Counts bytes that a held session has read and keeps. False: its socket is to be read no more
    /// until the gate opens.
    public boolean keep(Gated session, long bytes) {
        assert loop.inEventLoop();
        Place place = session.place();
        if (place.where != Where.HELD) {
            throw new IllegalStateException("keeping bytes of a session that is " + place.where);
        }
        place.bytes += bytes;
        heldBytes += bytes;
        settings.heldBytes().add(bytes);
        return settings.heldBytes().roomBeside(place.bytes);
    }

    /// The client went away or was answered otherwise: its turn and its bytes are given up.
    public void forget(Gated session) {
        assert loop.inEventLoop();
        Place place = session.place();
        if (place.where == Where.HELD) {
            long now = now();
            holds.forEach(hold -> hold.onGone(place, now));
            unseat(place);
        }
        Waits.OnLoop.end(place, now());
        place.turn = 0;
    }

    EventLoop loop() {
        return loop;
    }

    long now() {
        return settings.ticker().nanoTime();
    }

    GateCounts counts() {
        return new GateCounts(heldCount, heldBytes, insideCount);
    }

    List<Insider> insiders() {
        List<Insider> insiders = new ArrayList<>(insideCount);
        for (Place place = inside.next; place != inside; place = place.next) {
            insiders.add(place.session().insider());
        }
        return insiders;
    }

    void close(Hold.OnLoop hold) {
        open = false;
        holds.add(hold);
        hold.onInside(insideCount);
    }

    void open(Hold.OnLoop hold) {
        holds.remove(hold);
        open = holds.isEmpty();
        lastWaits = hold.waits();
        if (!open && held.next != held) {
            watchExpiry();
        }
        while (open && held.next != held) {
            Place place = held.next;
            settings.waited().accept(now() - place.heldSince);
            unseat(place);
            hold.onLetGo(place);
            letGo(place.session());
        }
    }

    /// From here on who is delayed counts for nobody, unless a later hold has ended meanwhile.
    void stopCounting(Waits.OnLoop waits) {
        if (lastWaits == waits) {
            lastWaits = null;
        }
    }

    void measure(Hold.OnLoop hold) {
        long now = now();
        for (Place place = held.next; place != held; place = place.next) {
            hold.measureHeld(place, now);
        }
    }

    /// Those who stay held when that one has opened.
    void measureBeyond(Hold.OnLoop hold) {
        long now = now();
        for (Place place = held.next; place != held; place = place.next) {
            hold.onKept(place, now);
        }
    }

    private void letGo(Gated session) {
        try {
            session.onGateOpened();
        } catch (Throwable e) {
            // One session's fault must not keep the others waiting.
            log.atError()
                    .addKeyValue("database", database)
                    .setCause(e)
                    .log("a session failed when its gate opened");
        }
    }

    /// Mostly the end of the list; someone who had waited for the pool since before the gate closed
    /// goes in front of later ones, next to the one who did so last.
    private Place seatBefore(long turn) {
        Place seat = held.previous.turn < turn ? held.previous : lastSeat;
        while (seat != held && seat.turn > turn) {
            seat = seat.previous;
        }
        while (seat.next != held && seat.next.turn < turn) {
            seat = seat.next;
        }
        return seat;
    }

    private void unseat(Place place) {
        if (lastSeat == place) {
            lastSeat = place.previous;
        }
        place.where = Where.OUT;
        place.unlink();
        heldCount--;
        heldBytes -= place.bytes;
        settings.heldBytes().add(-place.bytes);
        place.bytes = 0;
    }

    /// What somebody is told who has waited too long for the gate to open, without a place at it;
    /// empty while it is open.
    public Optional<ErrorReport> whyClosed() {
        return holds.isEmpty()
                ? Optional.empty()
                : Optional.of(holds.getFirst().expiredReport(database));
    }

    private void watchExpiry() {
        long limit = settings.waitLimit().get().toNanos();
        if (expiry == null && limit > 0 && mayExpire()) {
            long left = limit - (now() - oldest());
            expiry = loop.schedule(this::expire, Math.max(left, 0), TimeUnit.NANOSECONDS);
        }
    }

    private boolean mayExpire() {
        for (int i = 0; i < holds.size(); i++) {
            if (!holds.get(i).mayExpire()) {
                return false;
            }
        }
        return true;
    }

    private long oldest() {
        long oldest = now();
        for (Place place = held.next; place != held; place = place.next) {
            oldest = Math.min(oldest, place.heldSince);
        }
        return oldest;
    }

    private void expire() {
        expiry = null;
        long limit = settings.waitLimit().get().toNanos();
        if (limit == 0 || !mayExpire()) {
            return;
        }
        long now = now();
        List<Gated> expired = new ArrayList<>();
        for (Place place = held.next; place != held; place = place.next) {
            if (now - place.heldSince >= limit) {
                expired.add(place.session());
            }
        }
        for (Gated session : expired) {
            if (session.place().isHeld()) {
                forget(session);
                session.onHoldExpired(holds.getFirst().expiredReport(database));
            }
        }
        if (held.next != held) {
            watchExpiry();
        }
    }
}
