package dev.pointsman.admin.command.move;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.operate.Selection;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Column;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.migration.verify.TableDigest;
import dev.pointsman.core.migration.verify.Verification;
import dev.pointsman.core.migration.verify.VerifiedTable;
import dev.pointsman.core.wire.Refused;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// `VERIFY db`: compares the tables on the serving server with those on the one that follows it,
/// one row each. Ctrl-C or a lost connection ends it.
public record Verify(Controls controls, String typed) implements Action {
    private static final String COVERED =
            "compared are the rows of the migration's tables; not compared are sequences, indexes,"
                    + " constraints, views, functions, rights, large objects and other tables";

    @Override
    public List<Column> columns() {
        return Column.list(
                "database table verdict source_rows:int8 target_rows:int8 source_digest"
                        + " target_digest message");
    }

    @Override
    public Rows run(Caller caller) throws Refused, InterruptedException {
        var selection = new Selection(controls);
        var database = selection.database(typed).name();
        selection.refuseBusy(List.of(database));
        var verification = controls.migrations().verification(database);
        var rows = Rows.under(columns());
        for (var table : results(verification, caller)) {
            rows.row(
                    Cell.of(database),
                    Cell.of(table.table()),
                    Cell.words(table.verdict()),
                    count(table.here()),
                    count(table.there()),
                    hash(table.here()),
                    hash(table.there()),
                    Cell.orAbsent(table.message()));
        }
        caller.notice(COVERED);
        return rows.build("VERIFY");
    }

    private static Cell count(TableDigest digest) {
        return VerifiedTable.known(digest).map(it -> Cell.of(it.rows())).orElse(Cell.ABSENT);
    }

    private static Cell hash(TableDigest digest) {
        return VerifiedTable.known(digest).map(it -> Cell.of(it.hash())).orElse(Cell.ABSENT);
    }

    /// On a thread of its own: what waits for a server's answer does not feel an interrupt.
    private static List<VerifiedTable> results(Verification verification, Caller caller)
            throws Refused, InterruptedException {
        var results = new CompletableFuture<List<VerifiedTable>>();
        Thread.ofVirtual().name("verify").start(() -> run(verification, caller, results));
        try {
            return caller.attention().interrupting(() -> outcome(results));
        } catch (InterruptedException e) {
            verification.cancel();
            throw e;
        }
    }

    private static List<VerifiedTable> outcome(CompletableFuture<List<VerifiedTable>> results)
            throws Refused, InterruptedException {
        try {
            return results.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Refused refused -> throw refused;
                case InterruptedException interrupted -> throw interrupted;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    private static void run(
            Verification verification,
            Caller caller,
            CompletableFuture<List<VerifiedTable>> results) {
        try {
            results.complete(verification.run(caller::notice));
        } catch (Refused | InterruptedException | RuntimeException e) {
            results.completeExceptionally(e);
        }
    }
}
