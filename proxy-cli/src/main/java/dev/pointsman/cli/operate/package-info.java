/// The subcommands that drive a running proxy through its admin port.
@NullMarked
package dev.pointsman.cli.operate;

import org.jspecify.annotations.NullMarked;
