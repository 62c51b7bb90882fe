/// From accept to a logged-in session, one class per phase in order; and cancel requests.
@NullMarked
package dev.pointsman.core.listen;

import org.jspecify.annotations.NullMarked;
