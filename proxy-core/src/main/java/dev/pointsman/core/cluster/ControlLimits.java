package dev.pointsman.core.cluster;

import java.time.Duration;

/// How long a control session may keep its caller waiting; zero: as long as it takes.
///
/// @param statement kept by the server
/// @param network without a byte from the server, kept here: for a network that swallows packets
///   and a server that hangs; in whole seconds, above the statement's
record ControlLimits(Duration statement, Duration network) {
    static final ControlLimits NONE = new ControlLimits(Duration.ZERO, Duration.ZERO);

    ControlLimits {
        if (!network.isZero() && network.compareTo(statement) <= 0) {
            throw new IllegalArgumentException("the server's own limit must come first");
        }
    }
}
