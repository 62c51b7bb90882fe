package dev.pointsman.core.config;

import java.nio.file.Path;

/// Where clients connect to.
///
/// @param host an address or a name; `*` or `0.0.0.0` is every address
/// @param port 0 lets the system choose, which only tests want
public record Listen(String host, int port, Tls tls) {

    /// Whether clients may, must or cannot encrypt.
    public sealed interface Tls {
        /// A request for encryption is answered with `N`.
        record TlsOff() implements Tls {}

        /// Encryption is offered with this certificate; `required` turns others away.
        record TlsOn(boolean required, Path cert, Path key) implements Tls {}
    }
}
