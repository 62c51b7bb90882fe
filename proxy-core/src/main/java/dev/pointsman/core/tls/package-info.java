/// Encryption of channels: which engine does it, and what is known of an encrypted connection.
@NullMarked
package dev.pointsman.core.tls;

import org.jspecify.annotations.NullMarked;
