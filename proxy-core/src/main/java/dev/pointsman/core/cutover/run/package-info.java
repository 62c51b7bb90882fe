/// One attempt of a cutover: the straight line, what it asks of others, and what it leaves.
@NullMarked
package dev.pointsman.core.cutover.run;

import org.jspecify.annotations.NullMarked;
