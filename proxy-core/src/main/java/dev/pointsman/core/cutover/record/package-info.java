/// The records in the servers' own tables, and what follows from them: who serves.
@NullMarked
package dev.pointsman.core.cutover.record;

import org.jspecify.annotations.NullMarked;
