/// A client that decides on every message itself.
@NullMarked
package dev.pointsman.cli.cutover.wire;

import org.jspecify.annotations.NullMarked;
