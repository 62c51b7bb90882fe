/// One migration from its first statement to its last, its record in both servers, what it shows.
@NullMarked
package dev.pointsman.core.migration.run;

import org.jspecify.annotations.NullMarked;
