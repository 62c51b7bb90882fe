package dev.pointsman.cli.demo.play;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.demo.site.AotCache;
import dev.pointsman.cli.demo.site.Crossing;
import dev.pointsman.cli.demo.site.Crossing.Way;
import dev.pointsman.cli.demo.site.Operator;
import dev.pointsman.cli.demo.site.Site;
import dev.pointsman.cli.load.Address;
import dev.pointsman.cli.load.Address.Statements;
import dev.pointsman.cli.load.Contents;
import dev.pointsman.cli.load.Load;
import dev.pointsman.cli.load.LoadSettings;
import dev.pointsman.cli.load.LoadTables;
import dev.pointsman.cli.load.Verdict;
import dev.pointsman.cli.load.progress.Progress;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The play: clients work on a database while it moves to another server, back, and there again;
/// then every acknowledged write is looked for. Runs on the caller's thread, about as long as the
/// options say and ten seconds more.
public final class Demo {
    public static final String DATABASE = "shop";

    private static final LoadTables TABLES = new LoadTables("shop");
    private static final int NEWCOMERS = 2;
    private static final int RATE_OF_A_CLIENT = 25;

    /// Server connections beyond the clients' own: newcomers, and those just about to end.
    private static final int SPARE = 10;

    private final DemoOptions options;
    private final Site site;
    private final Progress progress;
    private final List<Crossing> crossings = new ArrayList<>();
    private final List<String> versions = new ArrayList<>();
    private String failure = "";

    Demo(DemoOptions options, Site site, Progress progress) {
        this.options = options;
        this.site = site;
        this.progress = progress;
    }

    /// What the demo plays on. Session pools, so that clients have named statements.
    public static Site.Plan plan(DemoOptions options, AotCache cache) {
        return new Site.Plan(
                List.of(DATABASE), TABLES, "session", options.clients() + NEWCOMERS + SPARE, cache);
    }

    /// Plays it, from the first client to the verdict.
    ///
    /// @throws CommandFailure when not even a verdict can be given
    public DemoResult play() throws InterruptedException, SQLException, IOException {
        var address = site.clients(DATABASE);
        var settings =
                new LoadSettings(
                        options.clients(),
                        NEWCOMERS,
                        options.clients() * RATE_OF_A_CLIENT,
                        Statements.PREPARED);
        versions.add(address.serverVersion());
        try (var operator = new Operator(site, DATABASE);
                var load = Load.start(address, TABLES, settings)) {
            progress.watch(load);
            try {
                cross(operator, load);
            } catch (CommandError e) {
                failure = e.text();
                progress.say("not switched: " + e.text());
            } catch (CommandFailure e) {
                failure = String.valueOf(e.getMessage());
                progress.say("not switched: " + failure);
            }
            load.stop();
            progress.unwatch();
            progress.phase("looking for every acknowledged write on the serving server");
            var serving = site.pair().server(operator.serving());
            options.fault().plantAfterLoad(serving, DATABASE, TABLES, load.ledger());
            return new DemoResult(
                    verdict(address, load), settings.rate(), crossings, failure, versions);
        } catch (CommandError e) {
            throw new CommandFailure(e.exitCode(), e.text());
        }
    }

    private void cross(Operator operator, Load load)
            throws CommandError, InterruptedException, SQLException {
        var address = site.clients(DATABASE);
        progress.phase("blue serves " + options.clients() + " clients; migrating to green");
        operator.migrate(progress::detail);
        var rest = Duration.ofSeconds(options.seconds()).dividedBy(DemoResult.CROSSINGS + 1);
        progress.phase("the migration is ready");
        Thread.sleep(rest);
        cross(operator, Way.FORWARD, load);
        versions.add(address.serverVersion());
        var serving = site.pair().server(operator.serving());
        options.fault().plantUnderLoad(serving, DATABASE, address.user());
        Thread.sleep(rest);
        cross(operator, Way.BACK, load);
        Thread.sleep(rest);
        cross(operator, Way.FORWARD, load);
        Thread.sleep(rest);
    }

    private void cross(Operator operator, Way way, Load load)
            throws CommandError, InterruptedException {
        operator.await(way, progress::detail);
        progress.phase("cutover " + way.words());
        var crossing = operator.cross(way, load.recording(), progress::detail);
        crossings.add(crossing);
        progress.phase(
                "switched "
                        + way.words()
                        + ": clients were held for %.1f ms, the slowest transaction took %.1f ms"
                                .formatted(crossing.pauseMs(), crossing.worstClientMs()));
    }

    private static Verdict verdict(Address address, Load load) throws SQLException {
        try (var connection = address.connect(Statements.UNNAMED)) {
            var contents = Contents.read(connection, TABLES, load.ledger());
            return Verdict.of(load.ledger(), contents, load.recording());
        }
    }
}
