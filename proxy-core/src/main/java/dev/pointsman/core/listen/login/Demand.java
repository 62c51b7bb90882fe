package dev.pointsman.core.listen.login;

import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.auth.ScramVerifier;

import java.time.Instant;

/// What a client has to answer to.
public sealed interface Demand {
    /// It is let in as it comes.
    record Nothing() implements Demand {}

    /// A certificate in the user's name, shown when the connection was encrypted.
    record Certificate() implements Demand {}

    /// It is not let in whatever it would answer.
    record Refusal(ErrorReport why) implements Demand {}

    /// The answer to a salt, by this hash.
    ///
    /// @param validUntil from when on the right answer counts as wrong
    record Md5Answer(String hash, Instant validUntil) implements Demand {
        @Override
        public String toString() {
            return "Md5Answer[hidden]";
        }
    }

    record ScramProof(ScramVerifier verifier, Instant validUntil) implements Demand {}

    /// The password itself, for [Logins#check].
    record ClearPassword() implements Demand {}
}
