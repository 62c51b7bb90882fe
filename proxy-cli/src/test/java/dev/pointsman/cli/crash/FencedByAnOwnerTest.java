package dev.pointsman.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.crash.Cases.Kill;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.load.LeastRights;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.migration.Direction;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/// Crashes where the control role is no superuser and has the rights that SHOW GRANTS lists, so
/// that its fence works by revoking.
@Tag("real")
class FencedByAnOwnerTest {
    @RegisterExtension static final RealServers servers = RealServers.withPasswords(16, 18);

    private static final String ROLES =
            """
            do $$ begin create role pm login password 'secret'; exception
              when duplicate_object then null; end $$;
            do $$ begin create role owner_of_all login password 'o'; exception
              when duplicate_object then null; end $$;
            """;

    @TempDir Path folder;
    private CrashLab lab;
    private Cases cases;
    private List<String> access = List.of();

    @BeforeEach
    void migrate() throws Exception {
        CrossingLab.createUser(servers);
        for (var server : servers.all()) {
            var database = servers.database();
            server.execute(database, ROLES + CrossingLab.DDL);
            for (var table : new String[] {"entry", "note", "account"}) {
                server.execute(database, "alter table " + table + " owner to owner_of_all");
            }
            server.execute(database, "alter database " + database + " owner to owner_of_all");
        }
        lab =
                CrashLab.over(
                        servers,
                        folder,
                        new CrossingLab.Ports(servers.source().port(), servers.target().port()),
                        CrossingLab.Setup.of("transaction").control("pm", "secret"));
        cases = new Cases(lab);
        lab.restart();
        for (var row : lab.ask("SHOW GRANTS " + servers.database())) {
            if (!row.getOrDefault("sql", "").startsWith("--")) {
                lab.server(row.getOrDefault("server", ""))
                        .execute(servers.database(), row.getOrDefault("sql", ""));
            }
        }
        LeastRights.connectThroughPublic(servers);
        access = LeastRights.accessTo(servers.source(), servers);
        lab.ask("MIGRATE " + servers.database() + " TO green");
        CrashLab.awaiting("a migration that is ready")
                .until(
                        () ->
                                lab.ask("SHOW MIGRATION")
                                        .getFirst()
                                        .getOrDefault("state", "")
                                        .equals("ready"));
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
        CrossingLab.liftFences(servers);
    }

    @Test
    void aKillRightAfterTheFenceLocksNobodyOut() throws Exception {
        cases.happens(Kill.at(Step.FENCED));
        assertThat(LeastRights.accessTo(servers.source(), servers)).isEqualTo(access);
        cases.happens(Kill.at(Step.DECIDED));
        cases.happens(Kill.at(Step.FENCED));
        cases.leadsBack();
        cases.balance();
    }

    @Test
    void whatTheOperatingPageSaysLiftsTheFenceOfARoleWithLeastRights() throws Exception {
        // given: nobody to ask
        cases.leadsBack();
        lab.stop();
        assertThat(lab.isFenced("blue")).isTrue();

        // when
        lab.liftAsThePageSays("blue");

        // then
        assertThat(lab.isFenced("blue")).isFalse();
        assertThat(LeastRights.accessTo(servers.source(), servers)).isEqualTo(access);
    }

    @Test
    void aKillBeforeTheWayBackIsProvenDoesNotSkipTheProof() throws Exception {
        // given: the slot is what is moved
        for (var server : servers.all()) {
            server.execute(
                    servers.database(),
                    "revoke execute on function pg_replication_origin_advance(text, pg_lsn)"
                            + " from pm");
        }

        // when
        cases.isSurvived(Kill.at(Step.REVERSE_ENABLED));

        // then
        assertThat(marker(servers.source(), Direction.BACK))
                .isNotEqualTo("0")
                .isEqualTo(marker(servers.target(), Direction.FORWARD));
        cases.leadsBack();
        cases.balance();
    }

    private static String marker(RealServer server, Direction direction) throws Exception {
        return server.value(servers.database(), "select value from " + direction.markerTable());
    }

    @Test
    void whatRepairPrintsLiftsTheFenceWithoutPointsman() throws Exception {
        // given: blue is left, and fenced
        cases.leadsBack();
        assertThat(lab.isFenced("blue")).isTrue();
        var lines = lab.ask("REPAIR " + servers.database() + " PRINT SQL");
        lab.stop();

        // when
        try (var operator = servers.source().connect(servers.database());
                var statement = operator.createStatement()) {
            for (var line : lines) {
                statement.execute(line.getOrDefault("sql", ""));
            }
        }

        // then
        assertThat(lines)
                .anyMatch(line -> line.getOrDefault("sql", "").startsWith("-- on server blue"));
        assertThat(lab.isFenced("blue")).isFalse();
        try (var client =
                servers.source().connect(servers.database(), CrossingLab.USER, "secret")) {
            client.createStatement().execute("insert into account values (1, 1)");
        }
        lab.restart();
        assertThat(lab.route()).containsEntry("server", "green");
    }
}
