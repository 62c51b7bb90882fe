/// Encryption of a port: what it offers, the handshake, and who a certificate is.
@NullMarked
package dev.pointsman.core.listen.tls;

import org.jspecify.annotations.NullMarked;
