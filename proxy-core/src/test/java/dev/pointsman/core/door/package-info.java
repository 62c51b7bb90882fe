/// What clients may do to the port and to each other that no client of good will does.
@NullMarked
package dev.pointsman.core.door;

import org.jspecify.annotations.NullMarked;
