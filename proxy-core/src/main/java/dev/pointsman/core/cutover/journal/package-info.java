/// The state folder: its lock, the name of this instance, and the journal.
@NullMarked
package dev.pointsman.core.cutover.journal;

import org.jspecify.annotations.NullMarked;
