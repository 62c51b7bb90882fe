/// Tells people how a load is going.
@NullMarked
package dev.pointsman.cli.load.progress;

import org.jspecify.annotations.NullMarked;
