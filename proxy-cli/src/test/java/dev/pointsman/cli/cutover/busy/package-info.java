/// Commands of operators while a cutover is running.
@NullMarked
package dev.pointsman.cli.cutover.busy;

import org.jspecify.annotations.NullMarked;
