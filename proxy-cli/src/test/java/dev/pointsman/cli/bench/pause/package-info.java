@NullMarked
package dev.pointsman.cli.bench.pause;

import org.jspecify.annotations.NullMarked;
