package dev.pointsman.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;

/// The job that moves waiting slots, beside a cutover.
@Tag("real")
class SlotJobTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @Test
    void aMigrationThatIsFoundDuringARunHasItsJobStoppedUntilTheRunIsOver() throws Exception {
        try (var lab = new Lab(servers)) {
            // given: a run begins while nothing could be read of a migration
            lab.migrations.stopAdvancing(lab.database);
            CrossingLab.lay(servers);
            assertThat(lab.migrations.tables(lab.database)).isNotEmpty();
            var before = position(lab);

            // when
            for (int round = 0; round < 3; round++) {
                advance(lab);
            }

            // then
            assertThat(position(lab)).isEqualTo(before);

            // and when the run is over
            lab.migrations.resumeAdvancing(lab.database);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(
                            () -> {
                                advance(lab);
                                return !position(lab).equals(before);
                            });
        }
    }

    private static void advance(Lab lab) throws Exception {
        lab.migrations.advance();
        lab.green("select pg_logical_emit_message(true, 'test', 'more')");
        lab.green("select pg_switch_wal()");
    }

    private static String position(Lab lab) throws Exception {
        var slot = new ReplicationNames(lab.database, 1).slot(Direction.BACK);
        return lab.green(
                "select confirmed_flush_lsn from pg_replication_slots where slot_name = '"
                        + slot
                        + "'");
    }
}
