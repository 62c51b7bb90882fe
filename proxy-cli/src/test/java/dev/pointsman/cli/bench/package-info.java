@NullMarked
package dev.pointsman.cli.bench;

import org.jspecify.annotations.NullMarked;
