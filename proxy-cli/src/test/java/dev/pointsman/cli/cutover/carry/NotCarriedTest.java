package dev.pointsman.cli.cutover.carry;

import static dev.pointsman.cli.cutover.CrossingLab.switched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.wire.Message;
import dev.pointsman.cli.cutover.wire.RawClient;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.run.Step;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Clients of transaction mode whose server connection cannot be exchanged: they are told of
/// before, and ended with the reason, while those beside them go on.
@Tag("real")
class NotCarriedTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension
    final LaidServers laid =
            new LaidServers(
                    servers,
                    Setup.of("transaction").cutover("attempts: 1").more("auth: {type: trust}"));

    @TempDir Path state;

    private final At at = laid.at();

    @Test
    void whoListensIsEndedBeforeAnybodyGoesOnAndWhoHasStoppedIsNot() throws Exception {
        try (var lab = laid.lab(state);
                var listens = lab.raw();
                var stopped = lab.raw();
                var speaks = lab.raw()) {
            listens.run("listen news");
            stopped.run("listen news");
            stopped.run("unlisten *");
            speaks.run("notify news, 'before'");
            assertThat(listens.next()).startsWith("A");
            var atSwap = new ArrayList<String>();
            at.at(Step.SWAPPED, () -> atSwap.add(listens.next()));

            // when
            switched(lab.to("green"));

            // then
            at.verify();
            assertThat(atSwap).singleElement().asString().startsWith("E 57P01 ");
            assertThat(listens.next()).isEqualTo("EOF");
            assertThat(speaks.run("notify news, 'after'")).endsWith("Z I");
            assertThat(stopped.run("select 5")).contains("D 5").last().isEqualTo("Z I");
        }
    }

    @Test
    void whoHoldsWhatOneServerAloneHasIsNamedBeforeAndEnded() throws Exception {
        try (var lab = laid.lab(state);
                var console = Console.before(lab.proxy());
                var table = lab.raw();
                var cursor = lab.raw();
                var lock = lab.raw();
                var listens = lab.raw();
                var sets = lab.raw()) {
            table.run("create temp table mine (id int)");
            cursor.run("begin; declare c cursor with hold for select 1; commit");
            lock.run("select pg_advisory_lock(7)");
            listens.run("listen news");
            sets.run("set work_mem = '5MB'");
            var check = "CHECK " + servers.database() + " TO green";

            // when
            var obstacles = console.column("SHOW CLIENTS", "obstacle");
            var ids = console.column(check, "id");

            // then
            assertThat(obstacles)
                    .anyMatch(one -> one.contains("temporary tables"))
                    .anyMatch(one -> one.contains("cursor WITH HOLD"))
                    .anyMatch(one -> one.contains("advisory locks"))
                    .anyMatch(one -> one.contains("listens"));
            assertThat(ids).filteredOn("sessions"::equals).hasSize(4);
            switched(lab.to("green"));
            for (var client : List.of(table, cursor, lock, listens)) {
                client.send(Message.query("select 1"));
                assertThat(client.next()).startsWith("E 57P01 ");
            }
            assertThat(sets.run("show work_mem")).contains("D 5MB");
        }
    }

    @Test
    void checkWarnsOfAReplicationConnectionAndTheCutoverEndsIt() throws Exception {
        for (var server : servers.all()) {
            server.execute("postgres", "alter role " + CrossingLab.USER + " replication");
        }
        try (var lab = laid.lab(state);
                var console = Console.before(lab.proxy());
                var replicates =
                        RawClient.connect(
                                lab.proxy().port(),
                                Map.of(
                                        "user",
                                        CrossingLab.USER,
                                        "database",
                                        servers.database(),
                                        "replication",
                                        "database"));
                var other = lab.raw()) {
            var check = "CHECK " + servers.database() + " TO green";
            assertThat(console.column(check, "finding"))
                    .anyMatch(finding -> finding.contains("replication connection"));

            // when
            switched(lab.to("green"));

            // then
            assertThat(replicates.next())
                    .startsWith("E 57P01 ")
                    .contains("replication from server blue cannot be carried");
            assertThat(replicates.next()).isEqualTo("EOF");
            assertThat(other.run("select 7")).contains("D 7");
        } finally {
            for (var server : servers.all()) {
                server.execute("postgres", "alter role " + CrossingLab.USER + " noreplication");
            }
        }
    }
}
