/// A running proxy's admin port, as the command line sees it.
@NullMarked
package dev.pointsman.cli.admin;

import org.jspecify.annotations.NullMarked;
