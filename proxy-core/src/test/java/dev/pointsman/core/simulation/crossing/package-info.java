/// The product's own cutover between model servers.
@NullMarked
package dev.pointsman.core.simulation.crossing;

import org.jspecify.annotations.NullMarked;
