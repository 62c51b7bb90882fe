/// How long a session may do what it does: the times it notes down and who looks at them.
@NullMarked
package dev.pointsman.core.session.clock;

import org.jspecify.annotations.NullMarked;
