package dev.pointsman.core.tls;

import dev.pointsman.core.wire.auth.EndPoint;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// What is known of a channel that is encrypted, from the end of its handshake on. Any thread.
///
/// @param bindings what a SCRAM login here can be tied to: one thing, or nothing
/// @param peer the certificates that the other end proved to own, its own first; may be none
public record Secured(
        String protocol, String cipher, List<EndPoint> bindings, List<X509Certificate> peer) {
    private static final AttributeKey<Secured> KEY = AttributeKey.valueOf("secured");

    public Secured {
        bindings = List.copyOf(bindings);
        peer = List.copyOf(peer);
    }

    /// Empty for a plain channel.
    public static Optional<Secured> of(Channel channel) {
        return Optional.ofNullable(channel.attr(KEY).get());
    }

    /// From now on this is so.
    public void mark(Channel channel) {
        channel.attr(KEY).set(this);
    }

    /// Protocol and cipher as SHOW CLIENTS tells them; empty for a plain channel.
    public static String inWords(Channel channel) {
        return of(channel).map(it -> it.protocol() + "/" + it.cipher()).orElse("");
    }
}
