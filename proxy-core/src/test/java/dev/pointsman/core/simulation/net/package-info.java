/// Connections that move bytes when the simulation says so.
@NullMarked
package dev.pointsman.core.simulation.net;

import org.jspecify.annotations.NullMarked;
