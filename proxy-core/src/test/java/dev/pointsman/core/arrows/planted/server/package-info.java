/// Violations planted for the rules to find.
@NullMarked
package dev.pointsman.core.arrows.planted.server;

import org.jspecify.annotations.NullMarked;
