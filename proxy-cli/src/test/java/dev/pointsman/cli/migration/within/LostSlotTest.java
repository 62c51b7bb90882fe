package dev.pointsman.cli.migration.within;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.migration.MigrationState;
import dev.pointsman.core.migration.MigrationStatus;
import dev.pointsman.core.migration.ReverseState;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/// A slot that its server gave up, because it kept more WAL than max_slot_wal_keep_size.
@Tag("real")
class LostSlotTest {
    @RegisterExtension static final RealServers servers = RealServers.own(stingy(14), stingy(18));

    @TempDir Path state;

    private static EmbeddedSettings stingy(int major) {
        return EmbeddedSettings.of(major).with("max_slot_wal_keep_size", "'1MB'");
    }

    private CrossingLab lab() throws Exception {
        CrossingLab.lay(servers);
        return CrossingLab.start(servers, state, Setup.of("transaction"), _ -> {});
    }

    private static MigrationStatus status(CrossingLab lab) {
        return lab.proxy().migrations().status(servers.database());
    }

    private static void await(CrossingLab lab, MigrationState wanted) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(
                        () ->
                                status(lab).state() == wanted
                                        && status(lab).reverse() == ReverseState.READY);
    }

    /// Nobody reads the slot while its server writes on.
    private static void lose(RealServer publisher, RealServer subscriber, String name)
            throws Exception {
        alter(subscriber, name, "disable");
        for (int i = 0; i < 4; i++) {
            publisher.execute(
                    "postgres", "select pg_logical_emit_message(false, 'x', 'x'), pg_switch_wal()");
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(
                        () -> {
                            publisher.execute("postgres", "checkpoint");
                            return publisher
                                    .value(
                                            "postgres",
                                            "select wal_status from pg_replication_slots where"
                                                    + " slot_name = '%s'".formatted(name))
                                    .equals("lost");
                        });
        alter(subscriber, name, "enable");
    }

    private static void alter(RealServer on, String name, String what) throws Exception {
        try (var connection = on.connect(servers.database());
                var statement = connection.createStatement()) {
            statement.execute("set default_transaction_read_only = off");
            statement.execute("alter subscription " + name + " " + what);
        }
    }

    private static void refused(Report report, String... words) {
        assertThat(report.ending().message()).contains(words);
    }

    @Test
    void beforeACutoverTheMigrationHasFailedAndIsToBeAborted() throws Exception {
        try (var lab = lab()) {
            await(lab, MigrationState.READY);
            var name = "pointsman_" + servers.database() + "_1";

            // when
            lose(servers.source(), servers.target(), name);

            // then
            var words = "slot " + name + " on blue is lost (max_slot_wal_keep_size)";
            var wayOut = "MIGRATE " + servers.database() + " ABORT, then begin anew";
            assertThat(status(lab).state()).isEqualTo(MigrationState.FAILED);
            assertThat(status(lab).message()).contains(words, wayOut);
            refused(lab.to("green"), words, wayOut);
        }
    }

    @Test
    void afterACutoverTheWayBackIsBrokenAndCompleteLeadsOut() throws Exception {
        try (var lab = lab()) {
            await(lab, MigrationState.READY);
            CrossingLab.switched(lab.to("green"));
            await(lab, MigrationState.SWITCHED);
            var name = "pointsman_" + servers.database() + "_1_back";

            // when
            lose(servers.target(), servers.source(), name);

            // then
            var words = "slot " + name + " on green is lost (max_slot_wal_keep_size)";
            var wayOut = "MIGRATE " + servers.database() + " COMPLETE ends it";
            assertThat(status(lab).state()).isEqualTo(MigrationState.SWITCHED);
            assertThat(status(lab).reverse()).isEqualTo(ReverseState.BROKEN);
            assertThat(status(lab).message()).contains(words, wayOut);
            refused(lab.back(), words, wayOut);
            lab.proxy().migrations().complete(servers.database());
        } finally {
            CrossingLab.liftFences(servers);
        }
    }
}
