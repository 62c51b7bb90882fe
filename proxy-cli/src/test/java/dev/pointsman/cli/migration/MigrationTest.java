package dev.pointsman.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.driver.Missing;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.MigrationState;
import dev.pointsman.core.migration.MigrationStatus;
import dev.pointsman.core.migration.ReverseState;
import dev.pointsman.core.migration.Serving;
import dev.pointsman.core.migration.schema.PgDump;
import dev.pointsman.core.wire.Refused;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.Set;

@Tag("real")
class MigrationTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    private static final String SCHEMA =
            """
            create type mood as enum ('low', 'high');
            create table account (id int primary key, balance int not null, m mood default 'low');
            create table ticket (id bigserial primary key, note text);
            create table history (at timestamptz default now(), delta int);
            create table part (id int, day date, primary key (id, day)) partition by range (day);
            create table part_1 partition of part for values from ('2026-01-01') to ('2026-07-01');
            create table part_2 partition of part for values from ('2026-07-01') to ('2027-01-01');
            create view rich as select * from account where balance > 100;
            create function twice(n int) returns int language sql as $$ select n * 2; $$;
            """;

    private static final String ROWS =
            """
            insert into account select g, g from generate_series(1, 1000) g;
            insert into ticket (note) select 'n' from generate_series(1, 10);
            insert into history (delta) values (1), (2);
            insert into part values (1, '2026-02-01'), (2, '2026-08-01');
            select nextval('ticket_id_seq');
            """;

    private Lab lab;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(servers);
        lab.onBlue(SCHEMA + ROWS);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    /// To the end of the long part.
    private MigrationStatus migrate() throws Exception {
        lab.migrations.start(lab.database, Lab.GREEN, Set.of());
        return lab.awaitReady();
    }

    private static void requirePgDump() {
        if (PgDump.find().isEmpty()) {
            Missing.tool("there is no pg_dump");
        }
    }

    @Test
    void aMigrationCopiesSchemaRowsAndSequencesAndFollows() throws Exception {
        requirePgDump();
        // when
        var status = migrate();
        // then
        assertThat(status.tables()).isEqualTo(5).isEqualTo(status.tablesReady());
        assertThat(status.reverse()).isEqualTo(ReverseState.READY);
        assertThat(status.sourceVersion()).startsWith("14");
        assertThat(lab.green("select count(*) || ' ' || sum(balance) from account"))
                .isEqualTo("1000 500500");
        assertThat(lab.green("select count(*) from part")).isEqualTo("2");
        assertThat(lab.green("select last_value || ' ' || is_called from ticket_id_seq"))
                .isEqualTo("11 true");
        assertThat(lab.green("select twice(21)")).isEqualTo("42");
        // and changes follow
        lab.onBlue(
                "update account set balance = 0 where id = 1; update pointsman.marker set value ="
                        + " 7");
        Awaitility.await().until(() -> lab.green("select value from pointsman.marker").equals("7"));
        assertThat(lab.green("select balance from account where id = 1")).isEqualTo("0");
        assertThat(lab.migrations.status(lab.database).lagBytes()).isPresent();
        assertThat(lab.migrations.tables(lab.database))
                .hasSize(5)
                .allMatch(table -> table.state().equals("ready"));
    }

    @Test
    void abortLeavesBothServersAsTheyWereFound() throws Exception {
        requirePgDump();
        var before = lab.catalogs();
        migrate();
        assertThat(lab.catalogs()).isNotEqualTo(before);
        // when
        lab.migrations.abort(lab.database);
        // then
        assertThat(lab.catalogs()).isEqualTo(before);
        assertThat(lab.migrations.status(lab.database).state()).isEqualTo(MigrationState.NONE);
    }

    @Test
    void abortEndsAMigrationThatWaitsForAnOldTransaction() throws Exception {
        lab.onGreen(SCHEMA);
        var before = lab.catalogs();
        try (var writer = servers.source().connect(lab.database);
                var statement = writer.createStatement()) {
            statement.execute("begin; insert into history values (now(), 3)");
            lab.migrations.start(lab.database, Lab.GREEN, Set.of());
            Awaitility.await()
                    .until(
                            () ->
                                    lab.migrations
                                            .status(lab.database)
                                            .waitingFor()
                                            .contains("transaction of pid"));
            // when
            lab.migrations.abort(lab.database);
        }
        // then
        assertThat(lab.catalogs()).isEqualTo(before);
    }

    @Test
    void aTableWithoutIdentityThatWasUpdatedStopsTheMigration() throws Exception {
        lab.onGreen(SCHEMA);
        lab.onBlue("update history set delta = 5");
        Awaitility.await()
                .until(
                        () ->
                                lab.blue(
                                                "select n_tup_upd > 0 from pg_stat_user_tables"
                                                        + " where relname = 'history'")
                                        .equals("t"));
        // when, then
        assertThatThrownBy(
                        () ->
                                lab.migrations.start(
                                        lab.database, Lab.GREEN, Set.of("replica-identity")))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("public.history")
                .hasMessageContaining("no replica identity");
        assertThat(lab.blue("select count(*) from pg_publication")).isEqualTo("0");
    }

    @Test
    void aTableThatIsOnlyInsertedIntoIsAWarning() throws Exception {
        lab.onGreen(SCHEMA);
        assertThat(lab.migrations.check(lab.database, Lab.GREEN))
                .filteredOn(check -> check.id().equals("replica-identity"))
                .singleElement()
                .satisfies(
                        check -> {
                            assertThat(check.verdict()).isEqualTo(Check.Verdict.WARN);
                            assertThat(check.object()).isEqualTo("public.history");
                        });
    }

    @Test
    void aTargetWithRowsOrOtherColumnsIsRefused() throws Exception {
        lab.onGreen(
                SCHEMA + "insert into ticket (note) values ('x'); alter table account add c int");
        assertThat(lab.migrations.check(lab.database, Lab.GREEN))
                .filteredOn(check -> check.verdict() == Check.Verdict.FAIL)
                .extracting(Check::id)
                .contains("target-not-empty")
                .containsOnlyOnce("schema");
    }

    @Test
    void aMigrationGoesOnAfterARestart() throws Exception {
        lab.onGreen(SCHEMA);
        try (var writer = servers.source().connect(lab.database);
                var statement = writer.createStatement()) {
            statement.execute("begin; insert into history values (now(), 3)");
            lab.migrations.start(lab.database, Lab.GREEN, Set.of());
            Awaitility.await()
                    .until(() -> lab.migrations.status(lab.database).waitingFor().contains("pid"));
            // when
            lab.restart();
            statement.execute("commit");
        }
        // then
        var status = lab.awaitReady();
        assertThat(status.tablesReady()).isEqualTo(5);
        assertThat(lab.green("select count(*) from history")).isEqualTo("3");
        // and once more, when ready
        lab.restart();
        assertThat(lab.migrations.status(lab.database).state()).isEqualTo(MigrationState.READY);
    }

    @Test
    void whatAnEarlierProcessBeganIsLeftAloneWhileAnotherProxyLives() throws Exception {
        lab.onGreen(SCHEMA);
        try (var writer = servers.source().connect(lab.database);
                var statement = writer.createStatement()) {
            statement.execute("begin; insert into history values (now(), 3)");
            lab.migrations.start(lab.database, Lab.GREEN, Set.of());
            Awaitility.await()
                    .until(() -> lab.migrations.status(lab.database).waitingFor().contains("pid"));
            // when
            lab.alone = false;
            lab.restart();
            statement.execute("commit");
        }
        // then: nobody makes the slot
        Awaitility.await()
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofMinutes(1))
                .until(
                        () ->
                                lab.blue(
                                                "select count(*) from pg_replication_slots"
                                                        + " where database = current_database()")
                                        .equals("0"));
        // and once nobody else lives, it goes on by itself
        lab.alone = true;
        assertThat(lab.awaitReady().tablesReady()).isEqualTo(5);
    }

    @Test
    void whatThisProcessNeverBeganIsUndoneAllTheSame() throws Exception {
        // given: an earlier process got as far as waiting for the slot
        lab.onGreen(SCHEMA);
        var before = lab.catalogs();
        try (var writer = servers.source().connect(lab.database);
                var statement = writer.createStatement()) {
            statement.execute("begin; insert into history values (now(), 3)");
            lab.migrations.start(lab.database, Lab.GREEN, Set.of());
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> lab.migrations.status(lab.database).waitingFor().contains("pid"));
            lab.alone = false;
            lab.restart();
            statement.execute("commit");
        }
        assertThat(lab.catalogs()).isNotEqualTo(before);

        // when
        lab.migrations.abort(lab.database);

        // then
        assertThat(lab.catalogs()).isEqualTo(before);
        assertThat(lab.migrations.status(lab.database).state()).isEqualTo(MigrationState.NONE);
        // and what was undone is not begun by whoever comes next
        lab.alone = true;
        lab.restart();
        assertThat(lab.migrations.status(lab.database).state()).isEqualTo(MigrationState.NONE);
    }

    @Test
    void abortIsRefusedOnceTheTargetServesAndCompleteKeepsTheRecords() throws Exception {
        lab.onGreen(SCHEMA);
        migrate();
        assertThatThrownBy(() -> lab.migrations.complete(lab.database)).isInstanceOf(Refused.class);
        // given: the target serves
        lab.onGreen(
                "insert into pointsman.record values (2, 1, 1, '{x}', 'green', 'decided', null,"
                        + " null, '', 'test')");
        lab.served = new Serving.Served(Lab.GREEN, 2);
        // when, then
        assertThatThrownBy(() -> lab.migrations.abort(lab.database)).isInstanceOf(Refused.class);
        assertThat(lab.migrations.complete(lab.database)).isNotEmpty();
        assertThat(lab.catalogs().toString()).doesNotContain("pub ", "sub ", "slot ");
        assertThat(lab.green("select count(*) from pointsman.record")).isEqualTo("1");
        assertThat(lab.green("select state from pointsman.migration")).isEqualTo("completed");
    }

    /// It may have been decided on a server that cannot be asked now.
    @Test
    void abortKeepsARecordThatIsOpen() throws Exception {
        lab.onGreen(SCHEMA);
        migrate();
        lab.onBlue(
                "insert into pointsman.record values (1, 1, 1, '{x}', 'green', 'open', null,"
                        + " null, '', 'test')");

        // when
        lab.migrations.abort(lab.database);

        // then
        assertThat(lab.blue("select kind from pointsman.record")).isEqualTo("open");
    }

    @Test
    void abortWithTheTargetDownSaysWhatIsLeftAndASecondOneFinishes() throws Exception {
        lab.onGreen(SCHEMA);
        var before = lab.catalogs();
        migrate();
        servers.target().stop();
        // when: no cutover is allowed now
        var status = lab.migrations.status(lab.database);
        assertThat(status.state()).isEqualTo(MigrationState.COPYING);
        assertThat(status.message()).contains("cannot be asked");
        assertThatThrownBy(() -> lab.migrations.abort(lab.database))
                .isInstanceOfSatisfying(
                        Refused.class,
                        e ->
                                assertThat(e.report().detail())
                                        .contains("DROP SUBSCRIPTION", "green")
                                        .doesNotContain("blue"));
        // then: the source is clean
        assertThat(lab.blue("select count(*) from pg_publication")).isEqualTo("0");
        assertThat(lab.blue("select to_regnamespace('pointsman') is null")).isEqualTo("t");
        // and once the target is back, so can it be
        servers.target().restart();
        lab.migrations.abort(lab.database);
        assertThat(lab.catalogs()).isEqualTo(before);
        assertThat(lab.green("select count(*) from account")).isEqualTo("0");
    }

    @Test
    void aTargetThatCrashesInTheMiddleIsWaitedFor() throws Exception {
        lab.onGreen(SCHEMA);
        try (var writer = servers.source().connect(lab.database);
                var statement = writer.createStatement()) {
            statement.execute("begin; insert into history values (now(), 3)");
            lab.migrations.start(lab.database, Lab.GREEN, Set.of());
            Awaitility.await()
                    .until(() -> lab.migrations.status(lab.database).waitingFor().contains("pid"));
            // when
            servers.target().crash();
            statement.execute("commit");
        }
        Awaitility.await()
                .until(
                        () ->
                                lab.migrations
                                        .status(lab.database)
                                        .waitingFor()
                                        .contains("went away"));
        servers.target().restart();
        // then
        assertThat(lab.awaitReady().reverse()).isEqualTo(ReverseState.READY);
    }

    @Test
    void pgbenchTablesOfAnApplicationRoleAreCopiedWithTheirOwner() throws Exception {
        requirePgDump();
        for (var server : servers.all()) {
            server.execute(
                    lab.database,
                    """
                    do $$ begin create role app_pgbench login; exception
                      when duplicate_object then null; end $$;
                    grant all on schema public to app_pgbench\
                    """);
        }
        lab.onBlue(
                """
                create table pgbench_history (tid int, bid int, aid int, delta int);
                create table pgbench_branches (bid int not null primary key, filler char(88))
                  with (fillfactor = 100);
                alter table pgbench_history owner to app_pgbench;
                alter table pgbench_branches owner to app_pgbench\
                """);
        var before = lab.catalogs();
        // when
        migrate();
        // then
        assertThat(
                        lab.green(
                                "select pg_get_userbyid(relowner) from pg_class where relname ="
                                        + " 'pgbench_history'"))
                .isEqualTo("app_pgbench");
        lab.migrations.abort(lab.database);
        assertThat(lab.catalogs()).isEqualTo(before);
    }

    @Test
    void aPlanShowsTheStatementsAndChangesNothing() throws Exception {
        lab.onGreen(SCHEMA);
        var before = lab.catalogs();
        assertThat(String.join(";", lab.migrations.plan(lab.database, Lab.GREEN)))
                .contains(
                        "CREATE PUBLICATION pointsman_" + lab.database + "_1 FOR TABLE",
                        "streaming = on",
                        "_1_back");
        assertThat(lab.catalogs()).isEqualTo(before);
    }
}
