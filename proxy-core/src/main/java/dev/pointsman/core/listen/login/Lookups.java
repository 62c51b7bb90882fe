package dev.pointsman.core.listen.login;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Config.AuthType;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.access.Applicant;
import dev.pointsman.core.config.access.Lookup;
import dev.pointsman.core.wire.ErrorReport;

import io.netty.channel.EventLoop;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Password hashes as the serving database tells them, remembered for a while; also that there is
/// no such user. Each user is asked for once at a time. While servers may not be asked, what is
/// remembered counts however old it is, and others wait. Any thread; never blocks.
final class Lookups {
    private static final int REMEMBERED_MAX = 20_000;

    private record Place(String database, String server, String user, Lookup lookup) {}

    private record Remembered(Demand demand, long at) {}

    private final Supplier<Config> config;
    private final Servers servers;
    private final Credentials credentials;
    private final LongSupplier clock;
    private final Doorstep doorstep;
    private final Map<Place, Remembered> remembered = new ConcurrentHashMap<>();
    private final Map<Place, CompletableFuture<Demand>> underWay = new ConcurrentHashMap<>();

    Lookups(Supplier<Config> config, Servers servers, Credentials credentials, LongSupplier clock) {
        this.config = config;
        this.servers = servers;
        this.credentials = credentials;
        this.clock = clock;
        this.doorstep = new Doorstep(servers);
    }

    /// What the client has to answer to. To be called on the loop; completes on any thread.
    CompletableFuture<Demand> of(Applicant who, EventLoop loop) {
        var server = servers.serving(who.database());
        if (server.isEmpty()) {
            return CompletableFuture.completedFuture(nobody(who.user()));
        }
        Place place = place(who, server.get());
        Remembered last = remembered.get(place);
        boolean shut = servers.shut(who.database(), loop).isPresent();
        if (last != null && (shut || isFresh(last))) {
            return CompletableFuture.completedFuture(last.demand());
        }
        var limit = config.get().database(who.database()).limits().times().queryWait();
        return doorstep.open(who.database(), loop, limit)
                .thenCompose(
                        why ->
                                why.<CompletableFuture<Demand>>map(Lookups::refusal)
                                        .orElseGet(() -> once(who)));
    }

    private Place place(Applicant who, String server) {
        return new Place(who.database(), server, who.user(), config.get().auth().lookup());
    }

    private boolean isFresh(Remembered last) {
        return clock.getAsLong() - last.at() < config.get().auth().cache().toNanos();
    }

    private static CompletableFuture<Demand> refusal(ErrorReport why) {
        return CompletableFuture.completedFuture(new Demand.Refusal(why));
    }

    /// After a wait another server may serve.
    private CompletableFuture<Demand> once(Applicant who) {
        Place place = place(who, servers.serving(who.database()).orElse(""));
        CompletableFuture<Demand> promise = new CompletableFuture<>();
        CompletableFuture<Demand> earlier = underWay.putIfAbsent(place, promise);
        if (earlier != null) {
            return earlier;
        }
        servers.find(who.database(), who.user())
                .thenApply(found -> remember(place, found))
                .whenComplete(
                        (demand, failure) -> {
                            underWay.remove(place);
                            if (demand != null) {
                                promise.complete(demand);
                            } else {
                                promise.completeExceptionally(failure);
                            }
                        });
        return promise;
    }

    private Demand remember(Place place, Servers.Found found) {
        Demand demand =
                switch (found) {
                    case Servers.Found.Stored(var secret) -> demand(place.user(), secret);
                    case Servers.Found.Nobody() -> nobody(place.user());
                    case Servers.Found.Silent(var why) -> new Demand.Refusal(why);
                };
        if (!(found instanceof Servers.Found.Silent)) {
            if (remembered.size() >= REMEMBERED_MAX) {
                remembered.values().removeIf(one -> !isFresh(one));
            }
            if (remembered.size() < REMEMBERED_MAX) {
                remembered.put(place, new Remembered(demand, clock.getAsLong()));
            }
        }
        return demand;
    }

    private Demand demand(String user, Secret secret) {
        AuthType type = secret instanceof Secret.Md5Hash ? AuthType.MD5 : AuthType.SCRAM_SHA_256;
        return credentials.stored(user, secret, type, Instant.MAX);
    }

    private Demand nobody(String user) {
        return credentials.impossible(user, AuthType.SCRAM_SHA_256);
    }
}
