/// The commands of the admin console: parsing, and one small class per command.
@NullMarked
package dev.pointsman.admin.command;

import org.jspecify.annotations.NullMarked;
