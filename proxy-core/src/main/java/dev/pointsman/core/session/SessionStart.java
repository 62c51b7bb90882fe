package dev.pointsman.core.session;

import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.wire.message.CancelKey;

import java.util.Map;

/// What the login leaves to the session.
///
/// @param startup all parameters of the start-up packet
/// @param told the ParameterStatus values that the client was told, with what its start-up packet
///   asked for over the server's own; the session takes the object over
/// @param key from [SessionRegistry#newKey], as told to the client
public record SessionStart(
        String user, Map<String, String> startup, ServerParameters told, CancelKey key) {
    public SessionStart {
        startup = Map.copyOf(startup);
    }
}
