package dev.pointsman.admin.console;

import dev.pointsman.core.config.Admin.AdminUser;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.wire.auth.MockVerifiers;
import dev.pointsman.core.wire.auth.ScramVerifier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// What the passwords of admin users are checked against. Made once per password, so that each
/// login of a user sees the same salt and takes the same time, as it does for a user that does not
/// exist. May block for some milliseconds: not for event loops.
final class Verifiers {
    private static final Logger log = LoggerFactory.getLogger(Verifiers.class);

    private final Supplier<Map<String, AdminUser>> users;
    private final MockVerifiers mocks = new MockVerifiers();
    private final Map<Secret, ScramVerifier> made = new ConcurrentHashMap<>();

    Verifiers(Supplier<Map<String, AdminUser>> users) {
        this.users = users;
    }

    Optional<AdminUser> user(String name) {
        return Optional.ofNullable(users.get().get(name));
    }

    ScramVerifier of(String name) {
        return user(name).flatMap(this::real).orElseGet(() -> mocks.of(name));
    }

    private Optional<ScramVerifier> real(AdminUser user) {
        return switch (user.secret()) {
            case Secret.Clear clear ->
                    Optional.of(
                            made.computeIfAbsent(clear, _ -> ScramVerifier.of(clear.password())));
            case Secret.ScramVerifier(var text) ->
                    ScramVerifier.parse(text).or(() -> unusable(user, "a broken SCRAM verifier"));
            case Secret.Md5Hash _ -> unusable(user, "an md5 hash");
            case Secret.Absent() -> unusable(user, "no password");
        };
    }

    private static Optional<ScramVerifier> unusable(AdminUser user, String what) {
        log.atWarn()
                .addKeyValue("user", user.name())
                .addKeyValue("secret", what)
                .log("admin user cannot log in: a password or a SCRAM-SHA-256 verifier is needed");
        return Optional.empty();
    }
}
