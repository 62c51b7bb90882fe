package dev.pointsman.core.wire.message;

import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.ProtocolViolation;

import io.netty.buffer.ByteBuf;

import java.util.ArrayList;
import java.util.List;

/// A server's answer to a start-up packet that asked for more than it speaks.
///
/// @param version the newest version it speaks of the major version asked for, as a version code:
///   [Protocol#VERSION_3_0] and so on
/// @param unknownOptions names of the `_pq_.` options that it does not know
public record NegotiateProtocolVersion(int version, List<String> unknownOptions) {
    public NegotiateProtocolVersion {
        unknownOptions = List.copyOf(unknownOptions);
    }

    /// Reads the body of the message.
    ///
    /// @throws ProtocolViolation when the body is malformed
    public static NegotiateProtocolVersion decode(ByteBuf body) {
        int version = Fields.readInt(body, "NegotiateProtocolVersion");
        int count = Fields.readInt(body, "NegotiateProtocolVersion");
        if (count < 0 || count > body.readableBytes()) {
            throw new ProtocolViolation(
                    "NegotiateProtocolVersion announces %d options".formatted(count));
        }
        var options = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            options.add(Fields.readString(body, "NegotiateProtocolVersion"));
        }
        Fields.needEnd(body, "NegotiateProtocolVersion");
        return new NegotiateProtocolVersion(version, options);
    }
}
