/// What is shown of pools and their connections.
@NullMarked
package dev.pointsman.core.pool.row;

import org.jspecify.annotations.NullMarked;
