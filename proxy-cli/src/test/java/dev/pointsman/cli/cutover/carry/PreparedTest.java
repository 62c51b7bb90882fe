package dev.pointsman.cli.cutover.carry;

import static dev.pointsman.cli.cutover.wire.Message.bind;
import static dev.pointsman.cli.cutover.wire.Message.execute;
import static dev.pointsman.cli.cutover.wire.Message.parse;
import static dev.pointsman.cli.cutover.wire.Message.query;
import static dev.pointsman.cli.cutover.wire.Message.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.wire.RawClient;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.run.Step;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Prepared statements in transaction mode, used on another server without being made anew by their
/// clients.
@Tag("real")
class PreparedTest {
    private static final int CLIENTS = 3;

    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    @Test
    void clientsUseTheirStatementsRightBehindACutoverThereAndBack() throws Exception {
        for (var server : servers.all()) {
            server.execute(servers.database(), "create type mood as enum ('low', 'high')");
        }
        try (var lab =
                CrossingLab.start(
                        servers,
                        state,
                        Setup.of("transaction").cutover("attempts: 1").more("auth: {type: trust}"),
                        Step.Watch.NONE)) {
            // given: equal names of different statements
            var clients = new ArrayList<RawClient>();
            for (int i = 0; i < CLIENTS; i++) {
                var client = lab.raw();
                clients.add(client);
                client.send(
                        parse("s", "select " + i + " + current_setting('server_version_num')::int"),
                        sync());
                assertThat(client.awaitReady()).containsExactly("1", "Z I");
                assertThat(client.run("prepare p (mood) as select $1::text || " + i))
                        .containsExactly("C PREPARE", "Z I");
            }
            useAll(clients, servers.source().value(servers.database(), "show server_version_num"));

            // when
            assertThat(lab.to("green").ending().outcome()).isEqualTo(Outcome.SWITCHED);

            // then
            useAll(clients, servers.target().value(servers.database(), "show server_version_num"));

            // when
            assertThat(lab.back().ending().outcome()).isEqualTo(Outcome.SWITCHED);

            // then
            useAll(clients, servers.source().value(servers.database(), "show server_version_num"));
            clients.forEach(RawClient::close);
        }
    }

    /// Both statements are called alike, and there are no more connections than these two.
    @Test
    void whoIsCarriedToAConnectionWithSomebodyElsesStatementHasHisOwn() throws Exception {
        var at = new At();
        var setup =
                Setup.of("transaction")
                        .cutover("attempts: 1, hold_limit: 20s")
                        .more("auth: {type: trust}\nlimits: {max_db_connections: 2}");
        try (var lab = CrossingLab.start(servers, state, setup, at);
                var pinned = lab.raw();
                var other = lab.raw();
                var busy = lab.raw()) {
            // given
            other.run("prepare p as select 'other''s'");
            other.run("prepare q as select 'other''s, too'");
            assertThat(other.run("execute p")).contains("D other's");
            pinned.run("set work_mem = '5MB'");
            pinned.run("prepare p as select 'own'");
            at.at(
                    Step.DRAINED,
                    () -> {
                        var gate = lab.proxy().gates().of(servers.database());
                        busy.send(query("begin"));
                        Awaitility.await().until(() -> gate.counts().waiting() == 1);
                        other.send(query("execute p"));
                        Awaitility.await().until(() -> gate.counts().waiting() == 2);
                        pinned.send(query("execute p"));
                        Awaitility.await().until(() -> gate.counts().waiting() == 3);
                    });

            // when
            var report = lab.to("green");

            // then
            at.verify();
            assertThat(report.ending().outcome())
                    .as(report.ending().message())
                    .isEqualTo(Outcome.SWITCHED);
            assertThat(busy.awaitReady()).containsExactly("C BEGIN", "Z T");
            assertThat(pinned.awaitReady()).contains("D own").last().isEqualTo("Z I");
            assertThat(pinned.run("execute q")).anyMatch(said -> said.startsWith("E 26000"));
            busy.run("commit");
            assertThat(other.awaitReady()).contains("D other's").last().isEqualTo("Z I");
            assertThat(pinned.run("show work_mem")).contains("D 5MB");
        }
    }

    private static void useAll(List<RawClient> clients, String version) {
        for (int i = 0; i < clients.size(); i++) {
            var client = clients.get(i);
            var number = "D " + (i + Integer.parseInt(version));
            assertThat(client.send(bind("s"), execute(), sync()).awaitReady()).contains(number);
            assertThat(client.run("execute s")).contains(number);
            assertThat(client.run("execute p ('high')")).contains("D high" + i);
        }
    }
}
