package dev.pointsman.core.config.access;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;

/// A client that wants to log in, as far as rules look at it.
///
/// @param from the other end of its connection
/// @param encrypted whether what it sends is encrypted on the way
public record Applicant(SocketAddress from, String database, String user, boolean encrypted) {
    /// The address that it connects from; empty for what is no network connection.
    public Optional<InetAddress> address() {
        return from instanceof InetSocketAddress inet
                ? Optional.ofNullable(inet.getAddress())
                : Optional.empty();
    }

    /// Whether it comes by a Unix-domain socket.
    boolean isLocal() {
        return from instanceof UnixDomainSocketAddress;
    }

    /// Whether nobody on a network can hear what it sends.
    public boolean isPrivate() {
        return encrypted || isLocal();
    }

    /// For messages, in PostgreSQL's words.
    public String inWords() {
        return "host \"%s\", user \"%s\", database \"%s\", %s"
                .formatted(
                        address().map(InetAddress::getHostAddress).orElse("[local]"),
                        user,
                        database,
                        encrypted ? "SSL encryption" : "no encryption");
    }
}
