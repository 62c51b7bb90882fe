/// How sockets are driven, tried with real ones.
@NullMarked
package dev.pointsman.core.listen.transport;

import org.jspecify.annotations.NullMarked;
