/// Violations planted for the rules to find.
@NullMarked
package dev.pointsman.core.arrows.planted.cutover;

import org.jspecify.annotations.NullMarked;
