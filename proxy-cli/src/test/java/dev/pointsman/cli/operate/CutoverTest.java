package dev.pointsman.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminAddress;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

class CutoverTest extends OperateHarness {
    @Test
    void phasesArePrintedAsTheyCome() throws Exception {
        // given
        var go = new CountDownLatch(1);
        admin.rows("SHOW CUTOVERS", CUTOVERS)
                .answer(
                        "CUTOVER shop TO green",
                        new ScriptedAdmin.Reply.Notice(
                                "hold 0.4 ms",
                                go,
                                new ScriptedAdmin.Reply.Notice("drain 1.1 ms", open, phases())))
                .rows("SHOW CUTOVERS", CUTOVERS, report("switched"));

        // when
        var running = CompletableFuture.supplyAsync(() -> quietly(new Cutover()));
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> out.toString().contains("  hold 0.4 ms"));
        assertThat(running).isNotDone();
        go.countDown();

        // then
        assertThat(running.join()).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines())
                .containsExactly(
                        "  hold 0.4 ms",
                        "  drain 1.1 ms",
                        "shop: switched, served by green; pause 7.900 ms, longest hold 8.400 ms,"
                                + " longest wait 9.100 ms, 12 of 16 clients held, 0 transactions"
                                + " failed");
    }

    @ParameterizedTest
    @CsvSource({"rolled_back,REFUSED", "refused,REFUSED", "unknown,OUTCOME_UNKNOWN"})
    void theReportDecidesTheExitCodeOfAnError(String outcome, ExitCode expected) {
        // given
        admin.rows("SHOW CUTOVERS", CUTOVERS)
                .answer(
                        "CUTOVER shop TO green",
                        new ScriptedAdmin.Reply.Failure("XX000", "no", "blue still serves"))
                .rows("SHOW CUTOVERS", CUTOVERS, report(outcome));

        // then
        assertThatThrownBy(() -> run(new Cutover()))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(expected))
                .hasMessageContaining("no; Hint: blue still serves");
    }

    @ParameterizedTest
    @CsvSource({"55000,REFUSED", "55006,REFUSED", "08007,OUTCOME_UNKNOWN", "42704,USAGE"})
    void withoutAReportTheErrorDecides(String state, ExitCode expected) {
        // given
        admin.rows("SHOW CUTOVERS", CUTOVERS, report("switched"))
                .answer("CUTOVER shop TO green", new ScriptedAdmin.Reply.Failure(state, "no", ""));

        // then
        assertThatThrownBy(() -> run(new Cutover()))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(expected));
    }

    @Test
    void aLostConnectionLeavesTheOutcomeUnknown() {
        // given
        admin.rows("SHOW CUTOVERS", CUTOVERS)
                .answer("CUTOVER shop TO green", new ScriptedAdmin.Reply.Cut());

        // then
        assertThatThrownBy(() -> run(new Cutover()))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure ->
                                assertThat(failure.exitCode()).isEqualTo(ExitCode.OUTCOME_UNKNOWN))
                .hasMessageContaining("run why");
    }

    @Test
    void aBrokenWayBackIsTroubleAfterTheSwitch() throws Exception {
        // given
        try (var broken =
                new ScriptedAdmin()
                        .rows("SHOW ROUTES", "database server", "shop|blue")
                        .rows("SHOW DATABASES", "name server", "shop|blue", "shop|green")
                        .rows("SHOW MIGRATION shop", "state reverse", "ready|ready")
                        .rows("SHOW MIGRATION shop", "state reverse", "switched|broken")
                        .rows("SHOW CUTOVERS", CUTOVERS)
                        .answer("CUTOVER shop TO green", phases())
                        .rows("SHOW CUTOVERS", CUTOVERS, report("switched"))) {
            // then
            assertThat(run(broken, new Cutover())).isEqualTo(ExitCode.SWITCHED_WITH_TROUBLE);
            assertThat(err.toString()).contains("the way back is broken");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "there is no way back: slot s is missing,SWITCHED_WITH_TROUBLE",
        "unfinished: epoch 1: green is away,SWITCHED_WITH_TROUBLE",
        "2 sessions were ended,DONE"
    })
    void whatFailedAfterTheSwitchIsToldByTheExitCode(String warning, ExitCode expected)
            throws Exception {
        // given
        admin.rows("SHOW CUTOVERS", CUTOVERS)
                .answer("CUTOVER shop TO green", phases())
                .rows("SHOW CUTOVERS", CUTOVERS, report("switched", warning));

        // then
        assertThat(run(new Cutover())).isEqualTo(expected);
        assertThat(out.toString()).contains("warning: " + warning);
    }

    @Test
    void optionsBecomeThePartsOfTheCommand() throws Exception {
        // given
        var command =
                "CUTOVER shop BACK IGNORING STRAYS DRY RUN MAX PAUSE 100ms ACCEPT lag, disk_space";
        admin.rows("SHOW CUTOVERS", CUTOVERS, report("rehearsed")).answer(command, phases());

        // when
        run(
                new Cutover(),
                "shop",
                "--back",
                "--ignoring-strays",
                "--dry-run",
                "--max-pause=100ms",
                "--accept=lag,disk_space");

        // then
        assertThat(admin.commands()).contains(command);
    }

    @Test
    void aSwitchedDatabaseAsksForADirection() throws Exception {
        // given
        try (var switched =
                new ScriptedAdmin()
                        .rows("SHOW ROUTES", "database server", "shop|green")
                        .rows("SHOW MIGRATION shop", "state", "switched")) {
            // then
            assertThatThrownBy(() -> run(switched, new Cutover()))
                    .hasMessageContaining("say --back");
        }
    }

    @Test
    void onATerminalTheForecastIsShownAndNothingIsDoneWithoutAYes() throws Exception {
        // given
        admin.rows("SHOW CUTOVERS", CUTOVERS, report("rehearsed"));

        // when
        var code = run(admin, terminal(true, "n"), new Cutover());

        // then
        assertThat(code).isEqualTo(ExitCode.REFUSED);
        assertThat(out.toString())
                .contains("Cutover of shop, served by blue, to green.")
                .contains("held clients for 7.900 ms");
        assertThat(asked).containsExactly("Switch now? [y/N] ");
        assertThat(admin.commands()).noneMatch(command -> command.startsWith("CUTOVER"));
    }

    @Test
    void onATerminalAYesGoesOnAndWithTheOptionNobodyIsAsked() throws Exception {
        // given
        admin.rows("SHOW CUTOVERS", CUTOVERS).answer("CUTOVER shop TO green", phases());

        // then
        assertThat(run(admin, terminal(true, "y"), new Cutover())).isEqualTo(ExitCode.DONE);
        assertThat(run(admin, terminal(true, "n"), new Cutover(), "--yes"))
                .isEqualTo(ExitCode.DONE);
        assertThat(asked).hasSize(1);
    }

    @Test
    void jsonOfACutoverIsOneObject() throws Exception {
        // given
        admin.rows("SHOW CUTOVERS", CUTOVERS)
                .answer("CUTOVER shop TO green", phases())
                .rows("SHOW CUTOVERS", CUTOVERS, report("switched"));

        // when
        run(new Cutover(), "--json");

        // then
        assertThat(out.toString().lines())
                .singleElement()
                .asString()
                .startsWith("{\"id\":7,\"database\":\"shop\"")
                .contains("\"pause_ms\":7.900", "\"warnings\":null", "\"phases\":[{");
    }

    @Test
    void cancelGoesOutByItself() throws Exception {
        // given
        admin.rows("CUTOVER shop CANCEL", "ok", "yes");

        // when
        assertThat(run(new Cutover(), "--cancel")).isEqualTo(ExitCode.DONE);
        assertThat(run(new Cutover(), "--cancel", "--json")).isEqualTo(ExitCode.DONE);

        // then
        assertThat(out.toString().lines())
                .containsExactly(
                        "shop: the cutover in progress is given up",
                        "{\"cancelled\":true,\"database\":\"shop\"}");
        assertThat(admin.commands()).contains("CUTOVER shop CANCEL");
    }

    @Test
    void anInterruptAsksTheProxyToGiveUp() {
        // given
        admin.rows("CUTOVER shop CANCEL", "ok", "yes");
        var address = AdminAddress.of(admin.url(), Map.of());
        var guard = new CancelOnInterrupt(address, "shop", terminal(false, ""), () -> false);

        // when
        var interrupt = CompletableFuture.runAsync(guard::interrupted);

        // then
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> admin.commands().contains("CUTOVER shop CANCEL"));
        assertThat(interrupt).isNotDone();
        guard.close();
        interrupt.join();
    }
}
