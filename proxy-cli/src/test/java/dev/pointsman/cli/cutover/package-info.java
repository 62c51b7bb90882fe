/// Cutovers between real servers.
@NullMarked
package dev.pointsman.cli.cutover;

import org.jspecify.annotations.NullMarked;
