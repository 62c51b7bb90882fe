package dev.pointsman.core.listen.login;

import dev.pointsman.core.wire.ErrorReport;

/// What is to become of a client that sent its password.
public sealed interface Verdict {
    record Accepted() implements Verdict {}

    /// The user or the password is wrong.
    ///
    /// @param reason for the log alone; the client is told that the password is wrong
    record Rejected(String reason) implements Verdict {}

    /// Whether the password is right cannot be said.
    record Unknown(ErrorReport why) implements Verdict {}
}
