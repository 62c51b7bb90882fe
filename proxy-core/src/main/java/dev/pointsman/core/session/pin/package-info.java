/// What a transaction may leave in its server connection, and what then becomes of that: it stays
/// with the client, or is proven to be clean.
@NullMarked
package dev.pointsman.core.session.pin;

import org.jspecify.annotations.NullMarked;
