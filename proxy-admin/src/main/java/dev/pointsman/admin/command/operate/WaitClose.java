package dev.pointsman.admin.command.operate;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.Scope;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.pool.row.ServerRow;
import dev.pointsman.core.wire.Refused;

import java.time.Duration;
import java.util.List;

/// `WAIT_CLOSE`: answers once no server connection is left that is to be closed.
public record WaitClose(Controls controls, Scope scope) implements Action {
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    @Override
    public Rows run(Caller caller) throws Refused, InterruptedException {
        var databases = new Selection(controls).of(scope);
        return caller.attention()
                .interrupting(
                        () -> {
                            while (anyToClose(databases)) {
                                Thread.sleep(LOOK_EVERY);
                            }
                            return Rows.done("WAIT_CLOSE");
                        });
    }

    private boolean anyToClose(List<String> databases) {
        return controls.pools().servers().stream()
                .filter(row -> databases.contains(row.database()))
                .anyMatch(ServerRow::closeNeeded);
    }
}
