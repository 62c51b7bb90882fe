package dev.pointsman.core.config;

/// A password, or what PostgreSQL stores in place of one. Never shows itself.
public sealed interface Secret extends SecretSource {
    /// What a log or a test failure may show.
    String HIDDEN = "********";

    @Override
    default Secret now() {
        return this;
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
