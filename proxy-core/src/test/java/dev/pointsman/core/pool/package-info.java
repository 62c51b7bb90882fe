@NullMarked
package dev.pointsman.core.pool;

import org.jspecify.annotations.NullMarked;
