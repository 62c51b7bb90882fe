package dev.pointsman.admin.command.operate;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Column;
import dev.pointsman.admin.rows.Rows;

import java.util.List;

/// A statement that a driver sends of its own accord: one value, or nothing but a tag.
public sealed interface DriverStatement extends Action {
    record Answer(String column, String value, String tag) implements DriverStatement {
        @Override
        public List<Column> columns() {
            return Column.list(column);
        }

        @Override
        public Rows run(Caller caller) {
            return Rows.under(columns()).row(Cell.of(value)).build(tag);
        }
    }

    record Done(String tag) implements DriverStatement {
        @Override
        public Rows run(Caller caller) {
            return Rows.done(tag);
        }
    }

    static DriverStatement setting(String name, String value) {
        return new Answer(name, value, "SHOW");
    }

    static DriverStatement constant(String column, String value) {
        return new Answer(column, value, "SELECT 1");
    }
}
