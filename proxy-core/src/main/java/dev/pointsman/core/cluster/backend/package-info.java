/// Server processes that nobody is connected to any more.
@NullMarked
package dev.pointsman.core.cluster.backend;

import org.jspecify.annotations.NullMarked;
