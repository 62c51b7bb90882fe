package dev.pointsman.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminAddress;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.CommandError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Map;

class OperateTest extends OperateHarness {
    @ParameterizedTest
    @CsvSource({"pass,DONE", "warn,DONE", "fail,REFUSED", "unknown,UNVERIFIED"})
    void theWorstVerdictIsTheChecksExitCode(String verdict, ExitCode expected) throws Exception {
        // given
        admin.rows(
                "CHECK shop TO green",
                "id server object verdict finding mend blocks",
                "wal_level|blue||pass|it is logical|null|none",
                "replica_identity|blue|public.t|" + verdict + "|it has no key|add one|migrate");

        // when
        var code = run(new Check());

        // then
        assertThat(code).isEqualTo(expected);
        assertThat(out.toString()).contains("shop to green: ");
        if (!verdict.equals("pass")) {
            assertThat(out.toString())
                    .contains(verdict + "  replica_identity (blue public.t): it has no key")
                    .contains("      add one");
        }
    }

    @ParameterizedTest
    @CsvSource({"fail,REFUSED", "unknown,UNVERIFIED", "warn,DONE"})
    void whatBlocksNothingCountsForTheChecksExitCodeAllTheSame(String verdict, ExitCode expected)
            throws Exception {
        // given
        admin.rows(
                "CHECK shop TO green",
                "id server object verdict finding mend blocks",
                "superuser-logins|blue||" + verdict + "|it is one|take it away|none");

        // when, then
        assertThat(run(new Check())).isEqualTo(expected);
        assertThat(out.toString()).doesNotContain("[blocks");
    }

    @Test
    void aFailureCountsMoreThanWhatIsUnknown() throws Exception {
        // given
        admin.rows(
                "CHECK shop TO green",
                "id server object verdict finding mend blocks",
                "fsync|green||unknown|no answer|null|cutover",
                "roles|green||fail|missing|null|migrate");

        // when, then
        assertThat(run(new Check())).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void severalDatabasesMustBeNamed() throws Exception {
        // given
        try (var two =
                new ScriptedAdmin()
                        .rows("SHOW ROUTES", "database server", "shop|blue", "bill|blue")) {
            // then
            assertThatThrownBy(() -> run(two, new Check()))
                    .isInstanceOfSatisfying(
                            CommandFailure.class,
                            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE))
                    .hasMessageContaining("several choices of database (shop, bill)");
        }
    }

    @Test
    void aMigrationIsFollowedUntilItIsReady() throws Exception {
        // given
        try (var moving =
                new ScriptedAdmin()
                        .rows("SHOW ROUTES", "database server", "shop|blue")
                        .rows("SHOW DATABASES", "name server", "shop|blue", "shop|green")
                        .rows("MIGRATE shop TO green START ACCEPT slots", "ok", "yes")
                        .rows(
                                "SHOW MIGRATION shop",
                                "state tables:n tables_ready:n lag_bytes:n eta_seconds:n",
                                "copying|4|1|2048|9")
                        .rows(
                                "SHOW MIGRATION shop",
                                "state tables:n tables_ready:n lag_bytes:n",
                                "ready|4|4|0")) {
            // when
            var code = run(moving, new Migrate.Start(), "--accept=slots");

            // then
            assertThat(code).isEqualTo(ExitCode.DONE);
            assertThat(out.toString().lines())
                    .containsExactly(
                            "copying  [######------------------] 1/4 tables, 2.0 KiB behind, about"
                                    + " 9 s left",
                            "ready  [########################] 4/4 tables, 0 B behind");
        }
    }

    @Test
    void aFailedMigrationIsAFailure() throws Exception {
        // given
        try (var failing =
                new ScriptedAdmin()
                        .rows("SHOW ROUTES", "database server", "shop|blue")
                        .rows("SHOW DATABASES", "name server", "shop|blue", "shop|green")
                        .rows("MIGRATE shop TO green START", "ok", "yes")
                        .rows("SHOW MIGRATION shop", "state message", "failed|disk full")) {
            // then
            assertThatThrownBy(() -> run(failing, new Migrate.Start()))
                    .hasMessageContaining("disk full");
        }
    }

    @ParameterizedTest
    @CsvSource({"equal,DONE", "differs,DIFFERENCES", "unknown,UNVERIFIED"})
    void whatVerifyFindsIsItsExitCode(String verdict, ExitCode expected) throws Exception {
        // given
        admin.rows(
                "VERIFY shop",
                "database table verdict",
                "shop|public.a|equal",
                "shop|public.b|" + verdict);

        // then
        assertThat(run(new Views.Verify())).isEqualTo(expected);
    }

    @Test
    void sqlIsPrintedBareForAPipe() throws Exception {
        // given
        admin.rows("REPAIR shop PRINT SQL", "step:n sql", "1|GRANT a;", "2|ALTER b;")
                .rows("MIGRATE shop TO green DRY RUN", "step:n sql", "1|CREATE c;");

        // when
        run(new Views.Repair(), "--print-sql");
        run(new Migrate.Start(), "--dry-run");

        // then
        assertThat(out.toString().lines()).containsExactly("GRANT a;", "ALTER b;", "CREATE c;");
    }

    @Test
    void aServerThatCannotBeAskedForItsFenceIsToldAndCannotBeVerified() throws Exception {
        // given
        var silent = "-- server blue cannot be asked: refused; a fence may stand there";
        admin.rows("REPAIR shop PRINT SQL", "step:n sql", "1|GRANT a;", "2|" + silent);

        // when
        var code = run(new Views.Repair(), "--print-sql");

        // then
        assertThat(code).isEqualTo(ExitCode.UNVERIFIED);
        assertThat(out.toString().lines()).containsExactly("GRANT a;", silent);
    }

    @Test
    void theStatusShowsTheCutoverInProgress() throws Exception {
        // given
        admin.rows("SHOW MIGRATION", "database state", "shop|none")
                .rows(
                        "SHOW CUTOVER",
                        "id:n database source target phase at_ms:n dry_run",
                        "3|shop|blue|green|drain|1.500|f");

        // when
        run(new Views.Status());

        // then
        assertThat(out.toString().lines())
                .endsWith(
                        "a cutover is in progress:",
                        "id\tdatabase\tsource\ttarget\tphase\tat_ms\tdry_run",
                        "3\tshop\tblue\tgreen\tdrain\t1.500\tf");
    }

    @Test
    void aColumnThatTheProxyDoesNotHaveIsAFailureAndNothingLeftOut() throws Exception {
        // given
        admin.rows("VERIFY shop", "database table", "shop|public.a");

        // then
        assertThatThrownBy(() -> run(new Views.Verify()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("no column verdict");
    }

    @Test
    void aRepairThatSettlesNothingLeavesTheOutcomeUnknown() throws Exception {
        // given
        admin.rows("REPAIR shop", "database step settled", "shop|ask green|f")
                .rows("REPAIR shop", "database step settled", "shop|lift the fence|t");

        // then
        assertThat(run(new Views.Repair())).isEqualTo(ExitCode.OUTCOME_UNKNOWN);
        assertThat(run(new Views.Repair())).isEqualTo(ExitCode.DONE);
    }

    @Test
    void whatAnAbortLeavesIsToldWithTheSqlThatRemovesItAndIsNoSuccess() {
        // given
        var slot = "on blue by hand: SELECT pg_drop_replication_slot('pointsman_shop_1')";
        admin.answer(
                "MIGRATE shop ABORT",
                new ScriptedAdmin.Reply.Failure(
                        "55000",
                        "the migration is undone, but 2 things stay",
                        slot + "\non green by hand: DROP SUBSCRIPTION pointsman_shop_1",
                        "ABORT again once the server answers."));

        // then
        assertThatThrownBy(() -> run(new Migrate.Abort()))
                .isInstanceOfSatisfying(
                        CommandError.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.REFUSED))
                .hasMessage(
                        "the migration is undone, but 2 things stay; Detail: %s; on green by hand: DROP SUBSCRIPTION pointsman_shop_1; Hint: ABORT again once the server answers."
                                .formatted(slot));
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void whatIsLeftToDoAfterTheEndIsTold() throws Exception {
        // given
        admin.rows("MIGRATE shop COMPLETE", "step:n left_to_do", "1|stop blue");

        // when
        run(new Migrate.Complete());

        // then
        assertThat(out.toString().lines()).containsExactly("shop: ready", "left to do: stop blue");
    }

    @Test
    void plainOutputIsSeparatedByTabsAndATerminalsIsAligned() throws Exception {
        // given
        admin.rows(
                "SHOW WHY",
                "database found_in epoch:n kind server decides unfinished",
                "shop|green|12|decided|green|t|null",
                "bill|configuration|null|serve|blue|t|null");

        // when
        run(new Views.Why());
        run(admin, terminal(true, ""), new Views.Why());

        // then
        assertThat(out.toString().lines())
                .containsExactly(
                        "database\tfound_in\tepoch\tkind\tserver\tdecides\tunfinished",
                        "shop\tgreen\t12\tdecided\tgreen\tt\t-",
                        "bill\tconfiguration\t-\tserve\tblue\tt\t-",
                        "database  found_in       epoch  kind     server  decides  unfinished",
                        "shop      green             12  decided  green   t        -",
                        "bill      configuration      -  serve    blue    t        -");
    }

    @Test
    void topShowsWhatGrew() throws Exception {
        // given
        var columns =
                "database xact_count:n query_count:n query_time:n bytes_received:n bytes_sent:n";
        admin.rows("SHOW STATS_TOTALS", columns, "shop|10|20|1000|0|0")
                .rows("SHOW STATS_TOTALS", columns, "shop|10|30|21000|0|0")
                .rows("SHOW POOLS", "database cl_active:n cl_waiting:n", "shop|3|1", "shop|2|0");

        // when
        run(new Top(), "--count=1", "--interval=0.01", "--json");

        // then
        assertThat(out.toString())
                .contains("\"database\":\"shop\"", "\"active\":5", "\"waiting\":1")
                .contains("\"transactions_per_s\":0,", "\"query_ms\":2.000");
    }

    @Test
    void nobodyAtTheAddressIsToldWithTheAddressAndHowToSetIt() throws Exception {
        // given
        var url = admin.url();
        admin.close();

        // then
        assertThatThrownBy(() -> AdminClient.open(AdminAddress.of(url, Map.of())))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.FAILED))
                .hasMessageContaining(url.replace(":secret", ""))
                .hasMessageContaining("--admin or POINTSMAN_ADMIN")
                .hasMessageNotContaining("secret");
    }
}
