package dev.pointsman.admin.command;

import dev.pointsman.admin.rows.Column;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.Refused;

import java.util.List;

/// One command, ready to be carried out against a running proxy.
public interface Action {
    /// What the answer's rows will have; known before the command runs, since drivers ask first.
    /// Empty for a command that answers with its tag only.
    default List<Column> columns() {
        return List.of();
    }

    /// Carries the command out on a virtual thread; may block for long.
    ///
    /// @throws InterruptedException after it was asked to stop and has undone what it had begun
    Rows run(Caller caller) throws Refused, InterruptedException;
}
