/// Bytes that are almost the protocol: a corpus in the resources, and what is made of it at random.
@NullMarked
package dev.pointsman.core.fuzz;

import org.jspecify.annotations.NullMarked;
