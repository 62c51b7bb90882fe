package dev.pointsman.core.wire.message;

import dev.pointsman.core.wire.ProtocolViolation;

import io.netty.buffer.ByteBuf;

/// A server's report of a setting's value.
public record ParameterStatus(String name, String value) {
    /// Reads the body of the message.
    ///
    /// @throws ProtocolViolation when the body is malformed
    public static ParameterStatus decode(ByteBuf body) {
        var name = Fields.readString(body, "ParameterStatus");
        var value = Fields.readString(body, "ParameterStatus");
        Fields.needEnd(body, "ParameterStatus");
        return new ParameterStatus(name, value);
    }
}
