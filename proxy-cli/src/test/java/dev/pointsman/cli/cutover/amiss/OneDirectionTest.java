package dev.pointsman.cli.cutover.amiss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// Replication in both directions at once would carry each change round and back. Whoever enables a
/// subscription stands still here until it is seen that the other one is at rest; nothing else can
/// enable one, so that there is no moment with both.
@Tag("real")
class OneDirectionTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    /// While a session of that name is there, in another database: in this one it is a stranger.
    private static final String STOP =
            """
            create function stand_still() returns event_trigger language plpgsql as $$ begin
              while current_query() ilike '%enable%' and exists
                  (select from pg_stat_activity where application_name = 'stop') loop
                perform pg_sleep(0.02);
                perform pg_stat_clear_snapshot();
              end loop;
            end $$;
            create event trigger stop_before on ddl_command_start when tag in
              ('ALTER SUBSCRIPTION', 'CREATE SUBSCRIPTION') execute function stand_still()\
            """;

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    @Test
    void aDirectionIsEnabledOnceTheOtherIsDisabledAndAtRest() throws Exception {
        for (var server : servers.all()) {
            server.execute(servers.database(), STOP);
        }
        try (var lab = laid.lab(state)) {
            assertThat(isAtWork(Direction.FORWARD)).isTrue();

            // when, then
            turns(() -> lab.to("green"), servers.source(), Direction.FORWARD);
            turns(lab::back, servers.target(), Direction.BACK);
            turns(() -> lab.to("green"), servers.source(), Direction.FORWARD);
        }
    }

    /// A cutover behind which that server is to enable a subscription of its own.
    private static void turns(Callable<Report> cutover, RealServer server, Direction worked)
            throws Exception {
        var running = new FutureTask<>(cutover);
        boolean atWork;
        try (var stop = server.connect("postgres")) {
            stop.setClientInfo("ApplicationName", "stop");
            Thread.ofVirtual().start(running);
            Awaitility.await("a subscription about to be enabled")
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> running.isDone() || standsStill(server));
            atWork = isAtWork(worked);
            assertThat(enables(server, "state = 'active'")).as("still enabling").isTrue();
        }
        var report = running.get(2, TimeUnit.MINUTES);
        assertThat(atWork).as("%s at work beside the other", worked).isFalse();
        CrossingLab.switched(report);
        assertThat(isAtWork(worked)).isFalse();
    }

    private static boolean standsStill(RealServer server) throws SQLException {
        return enables(server, "wait_event = 'PgSleep'");
    }

    private static boolean enables(RealServer server, String how) throws SQLException {
        return is(
                server,
                "pg_stat_activity where "
                        + how
                        + " and query ilike '%enable%' and datname = '"
                        + servers.database()
                        + "'");
    }

    /// Whether it is enabled, or still works at what it has.
    private static boolean isAtWork(Direction direction) throws SQLException {
        var names = new ReplicationNames(servers.database(), 1);
        var forward = direction == Direction.FORWARD;
        var publishes = forward ? servers.source() : servers.target();
        var subscribes = forward ? servers.target() : servers.source();
        var subscription = "subname = '" + names.subscription(direction) + "'";
        return is(subscribes, "pg_subscription where subenabled and " + subscription)
                || is(subscribes, "pg_stat_subscription where pid > 0 and " + subscription)
                || is(
                        publishes,
                        "pg_replication_slots where active and slot_name = '"
                                + names.slot(direction)
                                + "'");
    }

    private static boolean is(RealServer server, String rows) throws SQLException {
        return server.value("postgres", "select exists (select from " + rows + ")").equals("t");
    }
}
