package dev.pointsman.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// The job that moves waiting slots sends a request, loses its connection, and the server carries
/// the request out when clients have long been writing to it.
@Tag("real")
class DelayedSlotJobTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @TempDir Path folder;

    @AfterEach
    void liftFences() throws Exception {
        CrossingLab.liftFences(servers);
    }

    @Test
    void aMoveThatIsDelayedPastTheReleaseTakesNothingFromTheWayBack() throws Exception {
        var slot = new ReplicationNames(servers.database(), 1).slot(Direction.BACK);
        try (var relay = Relay.to(servers.target().port());
                var lab = CrashLab.open(servers, folder, relay.port())) {
            var cases = new Cases(lab);

            // given: the first round only looks, the second one moves the slot
            var doomed = lab.doom(Step.FORWARD_DISABLED);
            relay.detain("pg_replication_slot_advance");
            CrashLab.awaiting("the job").until(relay::hasDetained);
            lab.dies(doomed, "green");

            // when: clients have written to green, nothing has come back to blue yet
            assertThat(lab.faults("green")).isEmpty();
            assertThat(lab.faults("blue")).isNotEmpty();
            var before = position(slot);
            relay.deliver();
            assertThat(position(slot)).isNotEqualTo(before);
            lab.restart();

            // then
            cases.wasLedTo("green");
            cases.isWell();
            cases.leadsBack();
            cases.balance();
        }
    }

    private String position(String slot) throws Exception {
        return servers.target()
                .value(
                        servers.database(),
                        "select confirmed_flush_lsn from pg_replication_slots where slot_name = '"
                                + slot
                                + "'");
    }
}
