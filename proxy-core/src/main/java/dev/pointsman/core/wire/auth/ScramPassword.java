package dev.pointsman.core.wire.auth;

import java.util.Optional;

/// A password for logging in to servers, with the keys that it last came to.
///
/// Thread-safe. On an event loop ask [#ready] first; only when it has nothing, run [#keys]
/// elsewhere.
public final class ScramPassword {
    private final String password;
    private volatile Optional<ScramKeys> last = Optional.empty();

    /// A password in clear, not empty.
    public ScramPassword(String password) {
        this.password = password;
    }

    /// The keys for this challenge, when they are known already. Never blocks.
    public Optional<ScramKeys> ready(ScramClient.Challenge challenge) {
        return last.filter(keys -> keys.fit(challenge));
    }

    /// The keys for this challenge, derived when need be: slow, not for event loops.
    public ScramKeys keys(ScramClient.Challenge challenge) {
        var known = ready(challenge);
        if (known.isPresent()) {
            return known.get();
        }
        var keys = ScramKeys.derive(password, challenge.salt(), challenge.iterations());
        last = Optional.of(keys);
        return keys;
    }

    @Override
    public String toString() {
        return "ScramPassword[hidden]";
    }
}
