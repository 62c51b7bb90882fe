/// The command line. Start at `Main`.
@NullMarked
package dev.pointsman.cli;

import org.jspecify.annotations.NullMarked;
