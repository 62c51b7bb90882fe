/// What is true after a proxy was killed in the middle of a cutover, at any step, with whatever
/// servers are left.
@NullMarked
package dev.pointsman.cli.crash;

import org.jspecify.annotations.NullMarked;
