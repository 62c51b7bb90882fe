/// What sessions hold, and what becomes of it at a cutover.
@NullMarked
package dev.pointsman.cli.cutover.carry;

import org.jspecify.annotations.NullMarked;
