/// Many cutovers of clients of every kind.
@NullMarked
package dev.pointsman.cli.cutover.load;

import org.jspecify.annotations.NullMarked;
