package dev.pointsman.admin.command;

import java.time.Duration;

/// How long an operator is ready to wait.
public sealed interface Patience {
    /// Until it is done, Ctrl-C is pressed or the connection is lost.
    record Unlimited() implements Patience {}

    record Within(Duration limit) implements Patience {}
}
