/// Transactions that are in a cutover's way.
@NullMarked
package dev.pointsman.cli.cutover.straggle;

import org.jspecify.annotations.NullMarked;
