package dev.pointsman.cli.cutover.carry;

import static dev.pointsman.cli.cutover.CrossingLab.switched;
import static dev.pointsman.cli.cutover.wire.Message.bind;
import static dev.pointsman.cli.cutover.wire.Message.execute;
import static dev.pointsman.cli.cutover.wire.Message.parse;
import static dev.pointsman.cli.cutover.wire.Message.query;
import static dev.pointsman.cli.cutover.wire.Message.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.wire.RawClient;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.run.Step;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Sessions in session mode: carried with all they hold, or ended with the reason, never less.
@Tag("real")
class CarriedTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    private static final String LONG = "x".repeat(5_000);

    @TempDir Path state;

    private final At at = new At();

    @BeforeEach
    void lay() throws Exception {
        CrossingLab.lay(servers);
        for (var server : servers.all()) {
            server.execute(
                    servers.database(),
                    "create type mood as enum ('low', 'high'); grant all on schema public to "
                            + CrossingLab.USER);
        }
    }

    @AfterEach
    void liftFences() throws Exception {
        CrossingLab.liftFences(servers);
    }

    private CrossingLab lab() throws Exception {
        return CrossingLab.start(
                servers,
                state,
                Setup.of("session").cutover("attempts: 1").more("auth: {type: trust}"),
                at);
    }

    private static String value(RawClient client, String sql) {
        return client.run(sql).stream()
                .filter(word -> word.startsWith("D ") || word.startsWith("E "))
                .findFirst()
                .orElse("nothing");
    }

    @Test
    void settingsAndPreparedStatementsGoAlong() throws Exception {
        try (var lab = lab();
                var client = lab.raw()) {
            client.run("set search_path = pg_catalog, public");
            client.run("set statement_timeout = '77s'");
            client.run("set datestyle = 'German'");
            client.run("set app.owner = 'it''s me'");
            client.run("/* from a page */ set /* here */ app.page = '7'");
            client.run("select set_config('app.call', 'by call', false)");
            client.run("select 1 /* " + LONG + " */");
            client.run("prepare by_sql (mood, int) as select $1::text || $2");
            client.send(parse("by_protocol", "select 'high'::mood::text"), sync()).awaitReady();
            client.send(
                    parse("update it", "insert into account values (1, 1)"),
                    bind("update it"),
                    execute(),
                    sync());
            assertThat(client.awaitReady()).contains("C INSERT 0 1");

            // when: there, back and there again
            switched(lab.to("green"));
            var version = value(client, "show server_version");
            switched(lab.back());
            value(client, "select 1");
            switched(lab.to("green"));

            // then
            assertThat(version).startsWith("D 18");
            assertThat(value(client, "show server_version")).startsWith("D 18");
            assertThat(value(client, "show search_path")).isEqualTo("D pg_catalog, public");
            assertThat(value(client, "show statement_timeout")).isEqualTo("D 77s");
            assertThat(value(client, "show datestyle")).isEqualTo("D German, DMY");
            assertThat(value(client, "show app.owner")).isEqualTo("D it's me");
            assertThat(value(client, "show app.page")).isEqualTo("D 7");
            assertThat(value(client, "show app.call")).isEqualTo("D by call");
            assertThat(value(client, "execute by_sql('low', 5)")).isEqualTo("D low5");
            client.send(bind("by_protocol"), execute(), sync());
            assertThat(client.awaitReady()).contains("D high");
            assertThat(
                            value(
                                    client,
                                    "select count(*) from pg_prepared_statements where not"
                                            + " from_sql or name = 'by_sql'"))
                    .isEqualTo("D 3");
        }
    }

    /// What must not change hands while its holder does not know ends before anybody goes on.
    @Test
    void whoListensOrHoldsAdvisoryLocksIsEndedBeforeTheGatesOpen() throws Exception {
        try (var lab = lab();
                var listens = lab.raw();
                var locks = lab.raw();
                var heldListens = lab.raw();
                var listensStill = lab.raw();
                var listenedOnce = lab.raw();
                var unlistened = lab.raw();
                var lockedOnce = lab.raw()) {
            listens.run("listen news");
            locks.run("select pg_advisory_lock(1)");
            heldListens.run("listen news");
            listensStill.run("listen news");
            listensStill.run("listen others");
            listensStill.run("unlisten others");
            unlistened.run("listen news");
            unlistened.run("unlisten *");
            listenedOnce.run("listen news");
            listenedOnce.run("discard all");
            lockedOnce.run("select pg_advisory_lock(2)");
            lockedOnce.run("select pg_advisory_unlock(2)");
            at.at(Step.DRAINED, () -> heldListens.send(query("insert into account values (1, 1)")));
            var atSwap = new ArrayList<String>();
            at.at(
                    Step.SWAPPED,
                    () -> {
                        atSwap.add(listens.next());
                        atSwap.add(locks.next());
                        atSwap.add(heldListens.next());
                        atSwap.add(listensStill.next());
                    });

            // when
            var report = switched(lab.to("green"));

            // then
            at.verify();
            assertThat(atSwap)
                    .hasSize(4)
                    .allMatch(word -> word.startsWith("E 57P01 the database moved to another serv"))
                    .element(1)
                    .asString()
                    .contains("advisory locks");
            assertThat(listens.next()).isEqualTo("EOF");
            assertThat(report.ending().warnings()).anyMatch(one -> one.startsWith("4 sessions"));
            assertThat(value(listenedOnce, "select 5")).isEqualTo("D 5");
            assertThat(value(unlistened, "select 5")).isEqualTo("D 5");
            assertThat(value(lockedOnce, "select 6")).isEqualTo("D 6");
            assertThat(servers.target().value(servers.database(), "select count(*) from account"))
                    .isEqualTo("0");
        }
    }

    @Test
    void whatIsInTheServerAloneEndsTheSessionAfterwards() throws Exception {
        try (var lab = lab();
                var console = Console.before(lab.proxy());
                var table = lab.raw();
                var cursor = lab.raw();
                var function = lab.raw();
                var type = lab.raw();
                var other = lab.raw()) {
            table.run("create temp table mine (id int)");
            cursor.run("declare c cursor with hold for select 1");
            function.run("create function pg_temp.f() returns int language sql as 'select 1'");
            type.run("create type pg_temp.size as enum ('small', 'large')");
            other.run("create table theirs (id int)");
            other.run("drop table theirs");
            for (var looked :
                    List.of(
                            console.column("SHOW CLIENTS", "obstacle"),
                            console.column(
                                    "CHECK " + servers.database() + " TO green", "finding"))) {
                assertThat(looked)
                        .anyMatch(one -> one.contains("temporary tables"))
                        .anyMatch(one -> one.contains("cursor WITH HOLD"))
                        .anyMatch(one -> one.contains("functions, types or the like in pg_temp"));
            }
            assertThat(console.column("CHECK " + servers.database() + " TO green", "id"))
                    .filteredOn("sessions"::equals)
                    .hasSize(4);

            // when
            switched(lab.to("green"));

            // then
            assertThat(table.next()).startsWith("E 57P01 ").contains("temporary tables");
            assertThat(table.next()).isEqualTo("EOF");
            assertThat(cursor.next()).startsWith("E 57P01 ").contains("cursor WITH HOLD");
            for (var client : List.of(function, type)) {
                assertThat(client.next()).startsWith("E 57P01 ").contains("in pg_temp");
            }
            assertThat(value(other, "select 7")).isEqualTo("D 7");
        }
    }

    /// What was set where nobody looks is not lost in silence.
    @Test
    void aSettingThatCannotBeSeenEndsTheSessionInsteadOfBeingLost() throws Exception {
        try (var lab = lab();
                var behind = lab.raw();
                var called = lab.raw();
                var computed = lab.raw();
                var hidden = lab.raw()) {
            behind.run("select '" + LONG + "'; set app.owner = 'x'");
            called.run("select '" + LONG + "', set_config('app.owner', 'x', false)");
            computed.run("select set_config('app.' || 'owner', 'x', false)");
            hidden.run("/* " + LONG + " */ set app.owner = 'x'");
            assertThat(
                            lab.proxy().sessions().snapshot().stream()
                                    .map(one -> one.ties().obstacle())
                                    .filter(one -> !one.isEmpty()))
                    .as("what SHOW CLIENTS tells before")
                    .hasSize(4);

            // when
            switched(lab.to("green"));

            // then
            for (var client : List.of(behind, called, computed, hidden)) {
                assertThat(client.next()).startsWith("E 57P01 ").contains("cannot be carried");
            }
        }
    }
}
