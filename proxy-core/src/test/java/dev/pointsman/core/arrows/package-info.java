/// The rules about which package may use what, and what may not happen on an event loop.
@NullMarked
package dev.pointsman.core.arrows;

import org.jspecify.annotations.NullMarked;
