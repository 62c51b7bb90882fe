/// Models of clients that know what they may be told.
@NullMarked
package dev.pointsman.core.simulation.client;

import org.jspecify.annotations.NullMarked;
