/// The ports that this process listens on: where they are, and why one cannot be had.
@NullMarked
package dev.pointsman.core.listen.port;

import org.jspecify.annotations.NullMarked;
