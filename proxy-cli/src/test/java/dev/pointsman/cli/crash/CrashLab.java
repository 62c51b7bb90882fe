package dev.pointsman.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.ByThePage;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.Ledger;
import dev.pointsman.cli.cutover.Writers;
import dev.pointsman.cli.cutover.straggle.Straddler;
import dev.pointsman.cli.demo.LoopbackPort;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.ReportJson;
import dev.pointsman.core.cutover.run.Step;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// One database on two servers with writers on it, and one proxy after the other in front of them:
/// each has to cope with what the one before it left, and is killed in its turn.
final class CrashLab implements AutoCloseable {
    static final int WRITERS = 4;

    /// Generous, so that a slow machine is no reason to give an attempt up.
    private static final String PATIENT =
            "attempts: 1, calm_timeout: 60s, drain_timeout: 5s, hold_limit: 20s";

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final RealServers servers;
    private final Path folder;
    private final Path configuration;
    private final Writers writers;
    private final Straddler straddler;
    private @Nullable Doomed living;
    private final int port;

    private CrashLab(RealServers servers, Path folder, Path configuration, int port) {
        this.servers = servers;
        this.folder = folder;
        this.configuration = configuration;
        this.port = port;
        Writers.Connector clients = () -> CrossingLab.connect(port, servers.database());
        writers = Writers.undaunted(WRITERS, clients);
        straddler = new Straddler(clients);
    }

    /// Over servers that are ready for a cutover.
    static CrashLab open(RealServers servers, Path folder) throws Exception {
        return open(servers, folder, servers.target().port());
    }

    /// The same, where the proxy reaches the second server by another port than its own.
    static CrashLab open(RealServers servers, Path folder, int targetPort) throws Exception {
        return open(servers, folder, new CrossingLab.Ports(servers.source().port(), targetPort));
    }

    /// The same, where the proxy reaches the servers by these ports.
    static CrashLab open(RealServers servers, Path folder, CrossingLab.Ports ports)
            throws Exception {
        CrossingLab.lay(servers);
        return over(servers, folder, ports, CrossingLab.Setup.of("transaction"));
    }

    /// Over servers as they are.
    static CrashLab over(
            RealServers servers, Path folder, CrossingLab.Ports ports, CrossingLab.Setup setup)
            throws Exception {
        var configuration = folder.resolve("pointsman.yaml");
        var port = LoopbackPort.free();
        Files.writeString(
                configuration,
                setup.cutover(
                                setup.cutover().isEmpty()
                                        ? PATIENT
                                        : PATIENT + ", " + setup.cutover())
                        .more("shutdown_timeout: 5s\nlimits: {query_wait_timeout: 3s}")
                        .text(servers.database(), ports, folder.resolve("state"))
                        .replace(
                                "listen: {host: 127.0.0.1, port: 0}",
                                "listen: {host: 127.0.0.1, port: " + port + "}"));
        return new CrashLab(servers, folder, configuration, port);
    }

    Writers writers() {
        return writers;
    }

    RealServer server(String name) {
        return name.equals("blue") ? servers.source() : servers.target();
    }

    static String other(String name) {
        return name.equals("blue") ? "green" : "blue";
    }

    static ConditionFactory awaiting(String what) {
        return Awaitility.await(what).atMost(PATIENCE);
    }

    /// The proxy in front of the servers will kill itself at a step, under load. It may be one that
    /// has coped with what another left.
    Doomed doom(Step fatal) throws Exception {
        if (living == null) {
            restart();
        }
        var doomed = living();
        doomed.doom(fatal);
        awaitWrites();
        return doomed;
    }

    /// Lets a proxy be killed at a step of a cutover to a server, and proves that it was, and that
    /// its clients were at work until then.
    void killAt(Step fatal, String target) throws Exception {
        dies(doom(fatal), target);
    }

    /// Lets a doomed proxy carry out the cutover that it dies of.
    void dies(Doomed doomed, String target) throws Exception {
        var broken = writers.errors().size();
        var before = writers.acknowledged();
        // An instance of a lost state folder was alive a moment ago, as far as anybody knows.
        ageHeartbeats();
        try {
            var answer = doomed.order("CUTOVER " + servers.database() + " TO " + target);
            throw new AssertionError("the proxy outlived the cutover: " + answer);
        } catch (SQLException e) {
            doomed.awaitKill(String.valueOf(e.getMessage()));
        } finally {
            stop();
        }
        assertThat(writers.acknowledged()).as("writes during the run").isGreaterThan(before);
        awaiting("every writer to notice").until(() -> writers.errors().size() >= broken + WRITERS);
    }

    /// A proxy is told to stop at a step of a cutover to a server, and does. What becomes of the
    /// cutover is its own to say.
    void stopsAt(Step step, boolean stuck, String target) throws Exception {
        var proxy = living();
        if (stuck) {
            proxy.stopStuckAt(step);
        } else {
            proxy.stopAt(step);
        }
        awaitWrites();
        try {
            proxy.order("CUTOVER " + servers.database() + " TO " + target);
        } catch (SQLException e) {
            assertThat(e.getSQLState()).as(e.getMessage()).isIn("57P01", "08006", "0A000");
        }
        proxy.awaitStop();
        stop();
    }

    /// A new proxy on the same configuration, to which nothing happens.
    void restart() throws Exception {
        stop();
        living = Doomed.serve(folder, configuration);
    }

    /// A new proxy on the same configuration is killed at a step of what it does at its start.
    void diesAtStart(Step fatal) throws Exception {
        stop();
        try (var stillborn = Doomed.stillborn(folder, configuration, fatal)) {
            stillborn.awaitKill("a start that goes on");
        }
    }

    Doomed living() {
        var now = living;
        if (now == null) {
            throw new IllegalStateException("no proxy lives");
        }
        return now;
    }

    /// The configuration of another proxy in front of the same servers, with a state folder of its
    /// own.
    Path another(String name) throws IOException {
        var other = folder.resolve(name + ".yaml");
        Files.writeString(
                other,
                Files.readString(configuration)
                        .replace(
                                folder.resolve("state").toString(), folder.resolve(name).toString())
                        .replace("port: " + port + "}", "port: 0}"));
        return other;
    }

    /// The configuration of another process with the same state folder.
    Path onAnotherPort() throws IOException {
        var other = folder.resolve("elsewhere.yaml");
        Files.writeString(
                other, Files.readString(configuration).replace("port: " + port + "}", "port: 0}"));
        return other;
    }

    void stop() {
        if (living != null) {
            living.close();
            living = null;
        }
    }

    /// As if the machine with the state folder were lost. What tells that its instance lived is
    /// taken to have grown old meanwhile.
    void forgetState() throws Exception {
        try (var files = Files.walk(folder.resolve("state"))) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// The heartbeats of instances that are no more grow old, in a moment.
    void ageHeartbeats() throws SQLException {
        for (var server : servers.all()) {
            if (server.isRunning()) {
                try (var connection = server.connect(servers.database());
                        var statement = connection.createStatement()) {
                    statement.execute("set default_transaction_read_only = off");
                    statement.execute("update pointsman.heartbeat set at = at - interval '1 hour'");
                }
            }
        }
    }

    /// A command that is to succeed, and its rows.
    List<Map<String, String>> ask(String command) {
        try {
            return living().order(command);
        } catch (SQLException e) {
            throw new AssertionError(command + " is refused: " + e.getMessage(), e);
        }
    }

    /// A cutover that nobody disturbs, and whose report says that clients were held and drained.
    void crosses(String target) throws IOException {
        ask("CUTOVER " + servers.database() + " TO " + target);
        heldAndDrained(Outcome.SWITCHED);
    }

    /// The same in a rehearsal.
    void rehearses(String target) throws IOException {
        ask("CUTOVER " + servers.database() + " TO " + target + " DRY RUN");
        heldAndDrained(Outcome.REHEARSED);
    }

    /// So the last report says, which is the same on the admin port and in its file.
    void heldAndDrained(Outcome outcome) throws IOException {
        var row = ask("SHOW CUTOVERS " + servers.database()).getFirst();
        var file =
                "state/reports/%s-%06d.json"
                        .formatted(servers.database(), Long.parseLong(row.getOrDefault("id", "")));
        var report = ReportJson.read(Files.readString(folder.resolve(file)));
        var clients = report.pause().clients();
        assertThat(report.ending().outcome()).isEqualTo(outcome);
        assertThat(clients.held()).as("clients held").isPositive();
        assertThat(clients.drained()).as("transactions drained").isPositive();
        assertThat(row)
                .containsEntry("outcome", outcome.word())
                .containsEntry("held", Integer.toString(clients.held()));
    }

    Map<String, String> route() {
        return ask("SHOW ROUTES").getFirst();
    }

    /// Rows of SHOW WHY.
    List<Map<String, String>> why() {
        return ask("SHOW WHY " + servers.database());
    }

    String database() {
        return servers.database();
    }

    /// A client that comes now is told, after a while, that it cannot be served.
    void isRefusedAsNotAvailable() {
        try (var connection = CrossingLab.connect(port, servers.database());
                var statement = connection.createStatement()) {
            statement.execute("select 1");
        } catch (SQLException e) {
            assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("57P03");
            return;
        }
        throw new AssertionError("a client was served while nobody can tell who serves");
    }

    List<String> repair(String how) {
        return ask("REPAIR " + servers.database() + how).stream()
                .map(row -> row.get("step"))
                .toList();
    }

    /// Until every writer can have had a few writes acknowledged.
    void awaitWrites() {
        var now = writers.acknowledged();
        awaiting("writers to go on; last: " + last(writers.errors()))
                .until(() -> writers.acknowledged() > now + 3 * WRITERS);
    }

    private static String last(List<String> all) {
        return all.isEmpty() ? "" : all.getLast();
    }

    void awaitServing(String name) {
        awaiting("service by " + name)
                .until(
                        () -> {
                            var row = route();
                            return name.equals(row.get("server"))
                                    && "serving".equals(row.get("state"));
                        });
    }

    /// Whether somebody who is no superuser gets into a server past the proxy.
    boolean isFenced(String name) {
        try {
            server(name).connect(servers.database(), CrossingLab.USER, "secret").close();
            return false;
        } catch (SQLException e) {
            assertThat(e.getMessage())
                    .containsAnyOf(
                            "too many connections for database", "permission denied for database");
            return true;
        }
    }

    /// By hand, with the SQL that the operating page gives, as a superuser.
    void liftAsThePageSays(String name) throws Exception {
        assertThat(ByThePage.lift(server(name), servers.database())).isEmpty();
    }

    List<String> faults(String name) throws SQLException {
        return Ledger.faults(writers, server(name), servers.database());
    }

    @Override
    public void close() {
        writers.close();
        straddler.close();
        stop();
    }
}
