package dev.pointsman.core.config;

import java.util.Optional;
import java.util.regex.Pattern;

/// A password, or what PostgreSQL stores in place of one. Never shows itself.
public sealed interface Secret extends SecretSource {
    /// What a log or a test failure may show.
    String HIDDEN = "********";

    /// The password hash in a text as PostgreSQL stores it; empty when it is none.
    static Optional<Secret> hash(String text) {
        if (Hashes.SCRAM.matcher(text).matches()) {
            return Optional.of(new ScramVerifier(text));
        }
        return Hashes.MD5.matcher(text).matches()
                ? Optional.of(new Md5Hash(text))
                : Optional.empty();
    }

    @Override
    default Secret now() {
        return this;
    }

    /// What hashes look like.
    final class Hashes {
        private static final Pattern SCRAM =
                Pattern.compile(
                        "SCRAM-SHA-256\\$\\d+:[A-Za-z0-9+/=]+\\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+");
        private static final Pattern MD5 = Pattern.compile("md5[0-9a-f]{32}");

        private Hashes() {}
    }

    /// The password itself: good towards clients and towards servers.
    record Clear(String password) implements Secret {
        @Override
        public String toString() {
            return "Clear[" + HIDDEN + "]";
        }
    }

    /// `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`: proves a client, cannot prove the proxy
    /// to a server.
    record ScramVerifier(String verifier) implements Secret {
        @Override
        public String toString() {
            return "ScramVerifier[" + HIDDEN + "]";
        }
    }

    /// `md5` and 32 hexadecimal digits: good both ways where both sides speak md5.
    record Md5Hash(String hash) implements Secret {
        @Override
        public String toString() {
            return "Md5Hash[" + HIDDEN + "]";
        }
    }

    /// No password at all: enough where trust is the rule.
    record Absent() implements Secret {}
}
