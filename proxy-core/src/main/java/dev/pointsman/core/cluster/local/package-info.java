/// Unix-domain sockets for control connections.
@NullMarked
package dev.pointsman.core.cluster.local;

import org.jspecify.annotations.NullMarked;
