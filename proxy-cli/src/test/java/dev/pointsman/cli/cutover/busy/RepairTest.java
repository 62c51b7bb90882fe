package dev.pointsman.cli.cutover.busy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.wire.Refused;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// Operators who repair the same database at once.
@Tag("real")
class RepairTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    private static final int OPERATORS = 4;
    private static final int ROUNDS = 5;

    @TempDir Path state;

    /// What a process leaves that was killed right after the fence.
    private void leaveOpen(int epoch) throws SQLException {
        var database = servers.database();
        servers.source()
                .execute(
                        database,
                        """
                        insert into pointsman.record (epoch, version, attempt, databases, server,
                               kind, fence, instance)
                        values (%1$d, 1, %1$d, array[current_database()], 'green', 'open',
                                '{"v":1,"limit":-1,"read_only":"","revoked":[],"granted":[]}',
                                'another one');
                        alter database %2$s connection limit 0\
                        """
                                .formatted(epoch, database));
    }

    @Test
    void operatorsAtOnceRepairOnce() throws Exception {
        try (var lab = CrossingLab.start(servers, state, Setup.of("transaction"), _ -> {});
                var console = Console.before(lab.proxy())) {
            for (int round = 0; round < ROUNDS; round++) {
                var epoch = 2 * round + 1;
                // given
                leaveOpen(epoch);
                var together = new CyclicBarrier(OPERATORS);
                var running = new ArrayList<FutureTask<String>>();
                // when
                for (int i = 0; i < OPERATORS; i++) {
                    running.add(begin(() -> repair(console, together)));
                }
                var answers = new ArrayList<String>();
                for (var one : running) {
                    answers.add(one.get(120, TimeUnit.SECONDS));
                }

                // then: one does it, and whoever else is not refused finds it done
                assertThat(answers)
                        .allMatch(
                                said ->
                                        said.startsWith("undone with epoch ")
                                                || said.equals("nothing was unfinished")
                                                || said.startsWith("55006 "))
                        .filteredOn(said -> said.startsWith("undone with epoch " + (epoch + 1)))
                        .hasSize(1);
                assertThat(
                                servers.source()
                                        .column(
                                                servers.database(),
                                                "select kind from pointsman.record where epoch >= "
                                                        + epoch
                                                        + " order by epoch"))
                        .containsExactly("open", "undone");
                servers.source().connect(servers.database(), CrossingLab.USER, "secret").close();
            }
            assertThat(console.column("REPAIR " + servers.database(), "step"))
                    .containsExactly("nothing was unfinished");
            assertThat(lab.to("green").ending().message()).isEqualTo("green serves");
        }
    }

    @Test
    void aFenceWithARoleThatIsGoneIsLiftedWithoutIt() throws Exception {
        var database = servers.database();
        try (var lab = CrossingLab.start(servers, state, Setup.of("transaction"), _ -> {})) {
            // given
            servers.source()
                    .execute(
                            database,
                            """
                            insert into pointsman.record (epoch, version, attempt, databases,
                                   server, kind, fence, instance)
                            values (1, 1, 1, array[current_database()], 'green', 'open',
                                    '{"v":1,"limit":-1,"read_only":"","by_rights":true,'
                                    '"revoked":["","dropped_since"],"granted":[]}',
                                    'another one');
                            revoke connect on database %s from public\
                            """
                                    .formatted(database));
            assertThatThrownBy(() -> lab.proxy().migrations().abort(database))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused ->
                                    assertThat(refused.report().hint())
                                            .contains("REPAIR " + database));
            assertThat(lab.proxy().cutovers().repairSql(database))
                    .anyMatch(sql -> sql.endsWith(" TO PUBLIC;"))
                    .noneMatch(sql -> sql.contains("dropped_since"));

            // when
            var repaired = lab.proxy().cutovers().repair(database, false);

            // then
            assertThat(repaired.steps()).singleElement().asString().startsWith("undone");
            servers.source().connect(database, CrossingLab.USER, "secret").close();
            assertThat(
                            servers.source()
                                    .column(
                                            database,
                                            "select epoch from pointsman.record where fence <> ''"))
                    .isEmpty();
            assertThat(lab.proxy().cutovers().repair(database, false).settled()).isTrue();
        }
    }

    private static FutureTask<String> begin(Callable<String> work) {
        var task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static String repair(Console console, CyclicBarrier together) throws Exception {
        try (var operator = console.logIn();
                var statement = operator.createStatement()) {
            together.await(120, TimeUnit.SECONDS);
            try (var rows = statement.executeQuery("REPAIR " + servers.database())) {
                rows.next();
                return String.valueOf(rows.getString("step"));
            }
        } catch (SQLException e) {
            return e.getSQLState() + " " + e.getMessage();
        }
    }
}
