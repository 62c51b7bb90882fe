package dev.pointsman.core.listen.login;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.access.Applicant;
import dev.pointsman.core.server.keys.Keyring;

import io.netty.channel.EventLoop;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Has a user's password tried at the servers that do not serve the database now, behind the
/// client's back, and keeps what they need for a login. So the proxy can log the user in there when
/// a cutover warms up, though it has not kept the password. Any thread; never blocks.
final class Enrolment {
    private static final long AGAIN_AFTER_SUCCESS = Duration.ofMinutes(15).toNanos();
    private static final long EACH_LEAST = Duration.ofSeconds(10).toNanos();
    private static final int PLACES_MAX = 100_000;

    private record Place(String database, String server, String user) {}

    private final Supplier<Config> config;
    private final Servers servers;
    private final Keyring keyring;
    private final LongSupplier clock;
    private final Turnstile turnstile = new Turnstile(2);
    private final Map<Place, Long> notBefore = new ConcurrentHashMap<>();

    Enrolment(Supplier<Config> config, Servers servers, Keyring keyring, LongSupplier clock) {
        this.config = config;
        this.servers = servers;
        this.keyring = keyring;
        this.clock = clock;
    }

    /// Tries what is due. The password is known to be right on the serving server.
    void begin(Applicant who, Secret.Clear password, EventLoop loop) {
        for (String server : servers.others(who.database())) {
            Place place = new Place(who.database(), server, who.user());
            long now = clock.getAsLong();
            Long due = notBefore.get(place);
            if ((due == null || now - due >= 0) && notBefore.size() < PLACES_MAX) {
                long retry = Math.max(config.get().auth().cache().toNanos(), EACH_LEAST);
                notBefore.put(place, now + retry);
                turnstile.enter(() -> loop.execute(() -> enrol(place, password, loop)));
            }
        }
    }

    private void enrol(Place place, Secret.Clear password, EventLoop loop) {
        if (servers.shut(place.database(), loop).isPresent()) {
            notBefore.remove(place);
            turnstile.leave();
            return;
        }
        servers.test(place.database(), place.server(), place.user(), password, loop)
                .whenComplete(
                        (answer, _) -> {
                            turnstile.leave();
                            if (answer instanceof Servers.Answer.LetIn(var keys)) {
                                keyring.of(place.database(), place.user())
                                        .learnFrom(keys, place.user(), password);
                                notBefore.put(place, clock.getAsLong() + AGAIN_AFTER_SUCCESS);
                            }
                        });
    }
}
