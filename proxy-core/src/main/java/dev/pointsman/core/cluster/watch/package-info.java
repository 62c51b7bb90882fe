/// For those who ask servers the same thing again and again.
@NullMarked
package dev.pointsman.core.cluster.watch;

import org.jspecify.annotations.NullMarked;
