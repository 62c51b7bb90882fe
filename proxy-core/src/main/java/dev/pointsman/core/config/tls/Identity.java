package dev.pointsman.core.config.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// What one end of an encrypted connection shows of itself.
public sealed interface Identity {
    /// Nothing.
    record None() implements Identity {}

    /// A certificate.
    ///
    /// @param chain its own certificate first, then who signed it; never empty
    record Own(List<X509Certificate> chain, PrivateKey key) implements Identity {
        public Own {
            chain = List.copyOf(chain);
        }

        public X509Certificate certificate() {
            return chain.getFirst();
        }

        /// Without the key.
        @Override
        public String toString() {
            return "Own[" + certificate().getSubjectX500Principal() + "]";
        }
    }
}
