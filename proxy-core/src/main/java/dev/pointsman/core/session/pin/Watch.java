package dev.pointsman.core.session.pin;

import dev.pointsman.core.server.Answer;
import dev.pointsman.core.server.ServerConnection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What the sessions of one database on one event loop know in order to tell what statements leave
/// behind. Confined to the loop, except for its [Study] of each server, which loops share.
public final class Watch {
    /// Of the servers of one database. Any thread.
    public static final class Studies {
        private final String database;
        private final Map<Place, Study> all = new ConcurrentHashMap<>();

        public Studies(String database) {
            this.database = database;
        }

        /// A connection that is being opened, once the functions of its server have been looked at
        /// where that is due: nobody's first transaction there is asked what it has left only
        /// because nothing is known yet, which costs a fresh server process tens of milliseconds.
        public Future<ServerConnection> meet(
                Future<ServerConnection> opening, List<String> followed, EventLoop loop) {
            Promise<ServerConnection> met = loop.newPromise();
            opening.addListener(
                    (Future<ServerConnection> opened) -> {
                        if (opened.isSuccess()) {
                            meet(opened.getNow(), followed, met);
                        } else {
                            met.setFailure(opened.cause());
                        }
                    });
            return met;
        }

        private void meet(
                ServerConnection on, List<String> followed, Promise<ServerConnection> met) {
            Study study = of(on.login().server().name(), List.copyOf(followed));
            if (study.isDue()) {
                study.look(on).addListener((Future<Answer> looked) -> onLooked(on, looked, met));
            } else {
                met.setSuccess(on);
            }
        }

        private static void onLooked(
                ServerConnection on, Future<Answer> looked, Promise<ServerConnection> met) {
            if (looked.isSuccess()) {
                met.setSuccess(on);
            } else {
                met.setFailure(looked.cause());
            }
        }

        private Study of(String server, List<String> followed) {
            return all.computeIfAbsent(
                    new Place(server, followed), _ -> Study.of(database, server, followed));
        }

        private record Place(String server, List<String> followed) {}
    }

    private final List<String> followed;
    private final Studies studies;
    private final boolean asks;
    private final Reading reading = new Reading();
    private final Study unasked;

    private Watch(List<String> followed, Studies studies, boolean asks) {
        this.followed = List.copyOf(followed);
        this.studies = studies;
        this.asks = asks;
        this.unasked = Study.never(this.followed);
    }

    /// Asks servers which functions may leave something.
    public static Watch of(List<String> followed, Studies studies) {
        return new Watch(followed, studies, true);
    }

    /// Takes it that no function leaves anything.
    public static Watch unasked(List<String> followed) {
        return new Watch(followed, new Studies(""), false);
    }

    /// Settings that follow their clients besides those that servers report.
    List<String> followed() {
        return followed;
    }

    Study study(String server) {
        return asks ? studies.of(server, followed) : unasked;
    }

    int read(ByteBuf bytes, int from, int to, Lexicon lexicon) {
        return reading.of(bytes, from, to, lexicon);
    }
}
