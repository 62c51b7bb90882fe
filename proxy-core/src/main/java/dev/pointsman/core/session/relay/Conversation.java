package dev.pointsman.core.session.relay;

import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.server.ServerParameters;
import dev.pointsman.core.session.unit.UnitTracker;

/// What the parts of one session share, on its event loop.
///
/// @param told the parameters as the client was told them
/// @param perTransaction whether the server connection is the session's for a transaction only
public record Conversation(
        ClientSide client,
        UnitTracker tracker,
        ServerParameters told,
        DatabaseMeter meter,
        boolean perTransaction) {}
