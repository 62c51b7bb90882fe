/// The PostgreSQL v3 protocol as data: frames, messages, SQLSTATEs. Pure: no sockets, no threads.
@NullMarked
package dev.pointsman.core.wire;

import org.jspecify.annotations.NullMarked;
