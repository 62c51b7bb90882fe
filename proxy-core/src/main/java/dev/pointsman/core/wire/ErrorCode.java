package dev.pointsman.core.wire;

/// The five characters that say what kind of error something is: one of the proxy's own, or what a
/// server has said.
public sealed interface ErrorCode permits SqlState, ErrorCode.OfServer {
    /// As on the wire.
    String code();

    /// A code that came from a server.
    record OfServer(String code) implements ErrorCode {}
}
