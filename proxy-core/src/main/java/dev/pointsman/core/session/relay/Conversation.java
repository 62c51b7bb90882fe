package dev.pointsman.core.session.relay;

import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.session.pin.Pins;
import dev.pointsman.core.session.prepared.PreparedStatements;
import dev.pointsman.core.session.unit.UnitTracker;

import java.util.Map;

/// What the parts of one session share, on its event loop.
///
/// @param told the parameters as the client was told them
/// @param asked what its start-up packet asked for, names in lower case
public record Conversation(
        ClientSide client,
        UnitTracker tracker,
        PreparedStatements prepared,
        Pins pins,
        ServerParameters told,
        Map<String, String> asked,
        DatabaseMeter meter) {

    /// Whether the server connection is given back after each transaction.
    public boolean perTransaction() {
        return client.perTransaction();
    }
}
