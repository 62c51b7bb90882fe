/// How new server connections begin, beyond what clients ask for.
@NullMarked
package dev.pointsman.core.pool.opening;

import org.jspecify.annotations.NullMarked;
