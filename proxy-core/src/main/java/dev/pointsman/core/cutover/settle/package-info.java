/// After a crash, and at every start: who serves, and what is to be finished or undone.
@NullMarked
package dev.pointsman.core.cutover.settle;

import org.jspecify.annotations.NullMarked;
