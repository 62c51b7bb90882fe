/// What clients do while a cutover holds them.
@NullMarked
package dev.pointsman.cli.cutover.held;

import org.jspecify.annotations.NullMarked;
