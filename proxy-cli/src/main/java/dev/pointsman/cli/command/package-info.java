/// One class per subcommand.
@NullMarked
package dev.pointsman.cli.command;

import org.jspecify.annotations.NullMarked;
