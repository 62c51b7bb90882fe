/// Facts about a PostgreSQL server over SQL, on virtual threads.
@NullMarked
package dev.pointsman.core.cluster;

import org.jspecify.annotations.NullMarked;
