/// Who goes to a server directly, past the proxy, while clients come back to it.
@NullMarked
package dev.pointsman.cli.cutover.past;

import org.jspecify.annotations.NullMarked;
