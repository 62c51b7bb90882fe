package dev.pointsman.cli.operate;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.admin.AdminAddress;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.admin.Words;
import dev.pointsman.cli.render.Terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// While open, Ctrl-C asks the proxy to give the cutover up, over a connection of its own, and then
/// waits a while for what becomes of it, so that the outcome is still printed.
final class CancelOnInterrupt implements AutoCloseable {
    private static final long WAIT_SECONDS = 30;

    private final AdminAddress address;
    private final String database;
    private final Terminal terminal;
    private final BooleanSupplier over;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupted, "cancel-cutover");

    CancelOnInterrupt(
            AdminAddress address, String database, Terminal terminal, BooleanSupplier over) {
        this.address = address;
        this.database = database;
        this.terminal = terminal;
        this.over = over;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// What Ctrl-C does.
    void interrupted() {
        if (!over.getAsBoolean()) {
            cancel();
            try {
                if (!closed.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
                    terminal.aside(database + ": no outcome yet; run why");
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void cancel() {
        terminal.aside("asking the proxy to give the cutover up ...");
        try (var client = AdminClient.open(address)) {
            client.query("CUTOVER %s CANCEL".formatted(Words.name(database)));
        } catch (CommandError e) {
            terminal.aside("it goes on: " + e.text());
        } catch (CommandFailure e) {
            terminal.aside("it may go on: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The process is ending already: the hook is what waits for us.
            return;
        }
    }
}
