/// Server connections to lend, and the route: which server serves a database.
@NullMarked
package dev.pointsman.core.pool;

import org.jspecify.annotations.NullMarked;
