/// How sockets are driven: chosen once, at the start.
@NullMarked
package dev.pointsman.core.listen.transport;

import org.jspecify.annotations.NullMarked;
