/// Where a session asks to begin a transaction. The only place where a client waits.
@NullMarked
package dev.pointsman.core.gate;

import org.jspecify.annotations.NullMarked;
