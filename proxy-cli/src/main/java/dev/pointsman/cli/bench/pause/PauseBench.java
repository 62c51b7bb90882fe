package dev.pointsman.cli.bench.pause;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.bench.pause.Arm.Pause;
import dev.pointsman.cli.demo.site.AotCache;
import dev.pointsman.cli.demo.site.Site;
import dev.pointsman.cli.load.Address.Statements;
import dev.pointsman.cli.load.Contents;
import dev.pointsman.cli.load.Load;
import dev.pointsman.cli.load.LoadSettings;
import dev.pointsman.cli.load.LoadTables;
import dev.pointsman.cli.load.Verdict;
import dev.pointsman.cli.render.Terminal;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Runs both arms in turn, A B A B, on the same two servers and under the same load, each on a
/// database of its own. A round whose ledger does not agree ends the benchmark.
public final class PauseBench {
    private static final String OURS = "ours";
    private static final String THEIRS = "theirs";
    private static final LoadTables TABLES = new LoadTables("shop");
    private static final LoadSettings LOAD = new LoadSettings(16, 0, 400, Statements.UNNAMED);
    private static final int POOL = 20;
    private static final Duration WARM = Duration.ofSeconds(2);
    private static final Duration COOL = Duration.ofMillis(500);

    private final Terminal terminal;
    private final List<Pause> ours = new ArrayList<>();
    private final List<Pause> theirs = new ArrayList<>();
    private long acknowledged;

    public PauseBench(Terminal terminal) {
        this.terminal = terminal;
    }

    /// Runs `rounds` of each arm; about seven seconds a round and arm.
    ///
    /// @throws CommandFailure when a switch fails, or a round lost, doubled or failed anything
    public PauseResult run(int rounds) throws SQLException, IOException, InterruptedException {
        terminal.line("two servers, 16 clients, 400 transactions a second, rounds in turn");
        try (var site =
                Site.start(
                        new Site.Plan(
                                List.of(OURS), TABLES, "transaction", POOL, AotCache.none()))) {
            site.pair().addDatabase(THEIRS, TABLES);
            try (Arm a = new OurArm(site, OURS);
                    Arm b = new BouncerArm(site.pair(), THEIRS, TABLES, POOL)) {
                for (int round = 1; round <= rounds; round++) {
                    ours.add(round(round, a));
                    theirs.add(round(round, b));
                }
            }
        } catch (CommandError e) {
            throw new CommandFailure(e.exitCode(), e.text());
        }
        return new PauseResult(ours, theirs, acknowledged);
    }

    private Pause round(int round, Arm arm)
            throws SQLException, CommandError, IOException, InterruptedException {
        arm.prepare();
        try (var load = Load.start(arm.address(), TABLES, LOAD)) {
            Thread.sleep(WARM);
            var pause = arm.cross(load.recording());
            Thread.sleep(COOL);
            load.stop();
            mustAgree(arm, load);
            terminal.line(
                    String.format(
                            Locale.ROOT,
                            "round %2d  %-16s  held %6.1f ms  worst client %6.1f ms",
                            round,
                            arm.name(),
                            pause.heldMs(),
                            pause.worstClientMs()));
            return pause;
        }
    }

    private void mustAgree(Arm arm, Load load) throws SQLException {
        try (var connection = arm.address().connect(Statements.UNNAMED)) {
            var contents = Contents.read(connection, TABLES, load.ledger());
            var verdict = Verdict.of(load.ledger(), contents, load.recording());
            acknowledged += verdict.acknowledged();
            if (!verdict.clean()) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        arm.name() + ": " + verdict.line() + " " + verdict.examples());
            }
        }
    }
}
