/// Commands that move a database from one server to another: CHECK, MIGRATE, CUTOVER, REPAIR.
@NullMarked
package dev.pointsman.admin.command.move;

import org.jspecify.annotations.NullMarked;
