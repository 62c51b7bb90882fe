/// The whole data path and real cutovers in worlds that a seed decides on.
@NullMarked
package dev.pointsman.core.simulation;

import org.jspecify.annotations.NullMarked;
