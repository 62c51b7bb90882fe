package dev.pointsman.core.pool;

import dev.pointsman.core.server.ServerConnection;

import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;

/// Opens what is wanted on a shelf ahead of use, a few at once: a crowd of backends that start at
/// the same moment takes the processors from those that work
/// (docs/decisions/0105-warm-a-few-at-once.md). It stops at the first refusal. Loop-confined.
final class Warming {
    private final Stock stock;
    private final Shelf shelf;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private int underWay;
    private @Nullable Throwable refusal;

    private Warming(Stock stock, Shelf shelf) {
        this.stock = stock;
        this.shelf = shelf;
    }

    /// Begins, or joins the one that is under way there. Done when all those wanted are there for
    /// which there are slots, or with the refusal; in both cases none is under way any more.
    static CompletableFuture<Void> of(Stock stock, Shelf shelf) {
        Warming current = shelf.warming;
        if (current == null) {
            current = new Warming(stock, shelf);
            shelf.warming = current;
            current.goOn();
        }
        return current.end;
    }

    private void goOn() {
        while (underWay < Stock.OPENINGS_AT_ONCE && refusal == null && stock.tryTakeWanted(shelf)) {
            underWay++;
            stock.open(shelf).addListener(this::onEnd);
        }
        if (underWay == 0) {
            shelf.warming = null;
            if (refusal == null) {
                end.complete(null);
            } else {
                end.completeExceptionally(refusal);
            }
        }
    }

    private void onEnd(Future<? super ServerConnection> opening) {
        underWay--;
        if (!opening.isSuccess() && refusal == null) {
            refusal = opening.cause();
        }
        goOn();
    }
}
