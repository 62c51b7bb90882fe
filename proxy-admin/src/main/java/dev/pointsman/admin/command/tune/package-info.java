/// Commands that change how the running proxy behaves: its settings, and whom it lets in.
@NullMarked
package dev.pointsman.admin.command.tune;

import org.jspecify.annotations.NullMarked;
