package dev.pointsman.core.gate;

import dev.pointsman.core.wire.ErrorReport;

/// What a gate needs of a session. All calls come on the session's own event loop.
public interface Gated {
    /// The session's own place, the same object for as long as it lives.
    Place place();

    /// The session may begin its transaction now. It asks the gate afresh before it does.
    void onGateOpened();

    /// The session was held for longer than `query_wait_timeout`. It is no longer at the gate; the
    /// client is to be told and let go.
    void onHoldExpired(ErrorReport why);

    /// A snapshot of what the session does inside, for those who wait for it.
    Insider insider();
}
