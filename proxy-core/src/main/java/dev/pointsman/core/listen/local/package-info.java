/// The socket file that clients of the same machine connect to.
@NullMarked
package dev.pointsman.core.listen.local;

import org.jspecify.annotations.NullMarked;
