package dev.pointsman.admin.console;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.AdminCommand;
import dev.pointsman.admin.rows.Column;

import java.util.List;

/// A statement that was understood, ready to run.
sealed interface Prepared {
    /// Nothing but blanks and comments.
    record Empty() implements Prepared {}

    record Ready(String text, AdminCommand command, Action action) implements Prepared {}

    /// Columns of its answer; empty when it has no rows.
    default List<Column> columns() {
        return switch (this) {
            case Empty() -> List.of();
            case Ready(_, _, var action) -> action.columns();
        };
    }
}
