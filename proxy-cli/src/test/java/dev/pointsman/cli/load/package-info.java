@NullMarked
package dev.pointsman.cli.load;

import org.jspecify.annotations.NullMarked;
