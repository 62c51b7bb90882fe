/// What keeps others from writing to a server that does not serve, and puts everything back.
@NullMarked
package dev.pointsman.core.cutover.fence;

import org.jspecify.annotations.NullMarked;
