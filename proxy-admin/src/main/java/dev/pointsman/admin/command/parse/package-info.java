/// From the text of a query to commands.
@NullMarked
package dev.pointsman.admin.command.parse;

import org.jspecify.annotations.NullMarked;
