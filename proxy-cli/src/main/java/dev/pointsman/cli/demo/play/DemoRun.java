package dev.pointsman.cli.demo.play;

import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.demo.site.AotCache;
import dev.pointsman.cli.demo.site.Site;
import dev.pointsman.cli.load.progress.Progress;
import dev.pointsman.cli.render.Terminal;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;

/// The demo as the command line runs it: the site comes and goes, the play happens between.
public final class DemoRun {
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final DemoOptions options;
    private final Terminal terminal;

    public DemoRun(DemoOptions options, Terminal terminal) {
        this.options = options;
        this.terminal = terminal;
    }

    /// Runs the demo and tells people and `listener` how it ended.
    ///
    /// @param keep leave everything up afterwards, until somebody ends this process
    public ExitCode go(boolean keep, Consumer<DemoResult> listener)
            throws IOException, SQLException, InterruptedException {
        try (var progress = new Progress(terminal)) {
            progress.phase("starting PostgreSQL 14 and 18, and the proxy in front of them");
            var cache = keep ? AotCache.none() : AotCache.asked();
            try (var site = Site.start(Demo.plan(options, cache))) {
                var result = new Demo(options, site, progress).play();
                var report = new DemoReport(terminal);
                report.print(result);
                listener.accept(result);
                if (keep) {
                    report.kept(site);
                    stay(site);
                } else if (cache.isAsked()) {
                    report.learned(site.learn());
                }
                return result.passed() ? ExitCode.DONE : ExitCode.FAILED;
            }
        }
    }

    /// Until the process is told to end, which closes the site, or the proxy dies.
    private static void stay(Site site) throws InterruptedException {
        while (!site.isClosed()) {
            site.mustLive();
            Thread.sleep(LOOK);
        }
    }
}
