/// What follows a decision while nobody waits, and what watches over the server that was left.
@NullMarked
package dev.pointsman.core.cutover.after;

import org.jspecify.annotations.NullMarked;
