package dev.pointsman.cli.demo.play;

import dev.pointsman.cli.admin.Row;
import dev.pointsman.cli.demo.site.Crossing;
import dev.pointsman.cli.demo.site.Site;
import dev.pointsman.cli.render.Terminal;

import java.util.Locale;

/// The demo's end, for people: a timeline of each cutover, and the verdict.
final class DemoReport {
    private final Terminal terminal;

    DemoReport(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(DemoResult result) {
        result.crossings().forEach(this::timeline);
        terminal.line("");
        terminal.line(result.verdict().line());
        result.verdict().examples().forEach(example -> terminal.line("  error at " + example));
        if (result.verdict().unacknowledged() > 0) {
            terminal.line(
                    result.verdict().unacknowledged()
                            + " writes are there whose client never got an answer");
        }
        if (!result.failure().isEmpty()) {
            terminal.line("not every cutover switched: " + result.failure());
        }
        if (!result.doubt().isEmpty()) {
            terminal.line(result.doubt());
        }
        terminal.line(
                result.passed()
                        ? terminal.good("passed")
                                + ": every acknowledged write is there exactly once, and no client"
                                + " saw an error"
                        : terminal.bad("failed"));
    }

    private void timeline(Crossing crossing) {
        terminal.line("");
        terminal.line(
                terminal.strong("cutover " + crossing.way().words())
                        + String.format(
                                Locale.ROOT,
                                "  held %.1f ms by the proxy's report, slowest client transaction"
                                        + " %.1f ms, %d clients held",
                                crossing.pauseMs(),
                                crossing.worstClientMs(),
                                crossing.held()));
        crossing.timeline().rows().forEach(this::phase);
    }

    private void phase(Row row) {
        terminal.line(
                String.format(
                        Locale.ROOT,
                        "  %12s  %10s  %-12s %s",
                        row.millis("at_ms"),
                        row.millis("took_ms"),
                        row.text("phase"),
                        row.text("detail")));
    }

    /// How to look in while everything stays up.
    void kept(Site site) {
        var clients = site.clients(Demo.DATABASE);
        var admin = site.admin();
        terminal.line("");
        terminal.line("everything stays up; look in from another terminal:");
        terminal.line(psql(clients.password(), clients.port(), clients.user(), clients.database()));
        terminal.line(psql(admin.password(), admin.port(), admin.user(), admin.database()));
        terminal.line("configuration: " + site.configuration());
        terminal.line("stop it with Ctrl-C here, or: kill " + ProcessHandle.current().pid());
    }

    /// That later starts are quicker, or that they are not.
    ///
    /// @param size of what was learned, in bytes; 0 for nothing
    void learned(long size) {
        terminal.line(
                size > 0
                        ? "what the JVM learned is kept (%d MB): later starts and first cutovers are quicker"
                                .formatted(size >> 20)
                        : "the JVM could not keep what it learned: later starts are as slow as this"
                                + " one");
    }

    private static String psql(String password, int port, String user, String database) {
        return "  PGPASSWORD=%s psql -h 127.0.0.1 -p %d -U %s %s"
                .formatted(password, port, user, database);
    }
}
