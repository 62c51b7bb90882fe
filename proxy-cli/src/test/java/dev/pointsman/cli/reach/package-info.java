/// The ways that lead to a server: several addresses, names that move.
@NullMarked
package dev.pointsman.cli.reach;

import org.jspecify.annotations.NullMarked;
