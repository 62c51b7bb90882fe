/// Models of PostgreSQL servers that keep account of what they ran.
@NullMarked
package dev.pointsman.core.simulation.server;

import org.jspecify.annotations.NullMarked;
