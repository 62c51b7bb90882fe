/// The two ends of a session, and what the session itself says to either of them.
@NullMarked
package dev.pointsman.core.session.relay;

import org.jspecify.annotations.NullMarked;
