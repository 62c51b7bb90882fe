package dev.pointsman.core.config.tls;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/// Whose certificates are believed.
public sealed interface Trust {
    /// Nothing is said about it.
    record Unsaid() implements Trust {}

    /// Those that the Java runtime trusts.
    record Platform() implements Trust {}

    /// Those that come from one of these.
    ///
    /// @param file where they were read
    record Roots(Path file, List<X509Certificate> certificates) implements Trust {
        public Roots {
            certificates = List.copyOf(certificates);
        }
    }

    /// As a file of settings spells it; empty when nothing is said.
    default String text() {
        return switch (this) {
            case Unsaid() -> "";
            case Platform() -> "system";
            case Roots(var file, _) -> file.toString();
        };
    }
}
