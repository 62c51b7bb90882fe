package dev.pointsman.core.wire.auth;

import java.nio.charset.StandardCharsets;

/// How a SCRAM login is tied to the TLS connection that it runs over, so that nobody in between can
/// pass it on (RFC 5802 section 6).
public sealed interface ChannelBinding permits ChannelBinding.Unbound, EndPoint {
    /// The mechanism's name where a login is tied.
    String MECHANISM_PLUS = "SCRAM-SHA-256-PLUS";

    /// What the client's first message begins with, and says about binding.
    String header();

    /// What the client's last message proves to know of the connection, header included.
    byte[] input();

    /// The login is not tied.
    ///
    /// @param able whether the client could have, had the server offered it: a server that did
    ///   offer it then knows that somebody has changed its offer
    record Unbound(boolean able) implements ChannelBinding {
        @Override
        public String header() {
            return able ? "y,," : "n,,";
        }

        @Override
        public byte[] input() {
            return header().getBytes(StandardCharsets.US_ASCII);
        }
    }
}
