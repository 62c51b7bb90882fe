/// This proxy's own clients and server connections, as a run finds and leads them.
@NullMarked
package dev.pointsman.core.cutover.traffic;

import org.jspecify.annotations.NullMarked;
