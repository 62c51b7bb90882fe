package dev.pointsman.core.gate;

import dev.pointsman.core.wire.ErrorReport;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A session that only says to a log what its gate tells it.
final class ModelSession implements Gated {
    private final int id;
    private final List<String> log;
    private final Place place = new Place(this);

    ModelSession(int id, List<String> log) {
        this.id = id;
        this.log = log;
    }

    @Override
    public Place place() {
        return place;
    }

    @Override
    public void onGateOpened() {
        log.add("opened " + id);
    }

    @Override
    public void onHoldExpired(ErrorReport why) {
        log.add("expired " + id + " " + why.sqlState().code());
    }

    @Override
    public Insider insider() {
        return new View(id);
    }

    private record View(long sessionId) implements Insider {
        @Override
        public String user() {
            return "clerk";
        }

        @Override
        public String clientAddress() {
            return "127.0.0.1:1";
        }

        @Override
        public int serverPid() {
            return (int) sessionId;
        }

        @Override
        public boolean idleInTransaction() {
            return false;
        }

        @Override
        public Instant since() {
            return Instant.EPOCH;
        }

        @Override
        public CompletableFuture<Boolean> cancel() {
            return CompletableFuture.completedFuture(true);
        }
    }
}
