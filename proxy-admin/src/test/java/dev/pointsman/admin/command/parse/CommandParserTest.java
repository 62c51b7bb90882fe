package dev.pointsman.admin.command.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pointsman.admin.command.AdminCommand;
import dev.pointsman.admin.command.AdminCommand.Boundary;
import dev.pointsman.admin.command.AdminCommand.CutoverOptions;
import dev.pointsman.admin.command.AdminCommand.Stop;
import dev.pointsman.admin.command.Patience;
import dev.pointsman.admin.command.Scope;
import dev.pointsman.admin.command.View;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;

class CommandParserTest {
    private static final CutoverOptions PLAIN = new CutoverOptions(false, Duration.ZERO, Set.of());
    private static final Scope SHOP = new Scope.One("shop");

    /// One for a run of the tests: a test that is run again meets what it failed on.
    private static final long FRESH = System.nanoTime();

    private static AdminCommand parse(String sql) throws Refused {
        var statements = CommandParser.split(sql);
        assertThat(statements).hasSize(1);
        return statements.getFirst().parse();
    }

    private static Refused refusal(String sql) {
        return catchThrowableOfType(Refused.class, () -> parse(sql));
    }

    @Test
    void keywordsAreUnderstoodInAnyCaseAndNamesAreKept() throws Refused {
        assertThat(parse("pause Shop"))
                .isEqualTo(new AdminCommand.Pause(new Scope.One("Shop"), new Patience.Unlimited()));
        assertThat(parse("PAUSE"))
                .isEqualTo(new AdminCommand.Pause(Scope.ALL, new Patience.Unlimited()));
        assertThat(parse("ReSuMe shop;;")).isEqualTo(new AdminCommand.Resume(SHOP));
    }

    @Test
    void aQuotedNameMayHoldAnything() throws Refused {
        assertThat(parse("KILL \"a \"\"b\"\"; -- c\""))
                .isEqualTo(new AdminCommand.Kill("a \"b\"; -- c"));
        assertThat(parse("PAUSE \"within\""))
                .isEqualTo(
                        new AdminCommand.Pause(new Scope.One("within"), new Patience.Unlimited()));
    }

    @Test
    void aNameWithAHyphenNeedsNoQuotes() throws Refused {
        assertThat(parse("KILL my-shop-2")).isEqualTo(new AdminCommand.Kill("my-shop-2"));
    }

    @Test
    void commentsAndBlanksAreSkipped() throws Refused {
        assertThat(parse(" /* a /* nested */ one */ RESUME -- to the end\n shop ; -- done"))
                .isEqualTo(new AdminCommand.Resume(SHOP));
        assertThat(CommandParser.split(" ; -- nothing\n /* at all */ ;;")).isEmpty();
    }

    @Test
    void severalStatementsComeInOrderWithTheirTexts() throws Refused {
        var statements = CommandParser.split("PAUSE shop; nonsense ; RESUME shop");

        assertThat(statements)
                .extracting(CommandParser.Statement::text)
                .containsExactly("PAUSE shop", "nonsense", "RESUME shop");
        assertThat(statements.get(2).parse()).isEqualTo(new AdminCommand.Resume(SHOP));
    }

    @ParameterizedTest
    @CsvSource({
        "500ms,500000000",
        "5s,5000000000",
        "1m,60000000000",
        "1.5s,1500000000",
        "250us,250000"
    })
    void durationsCarryTheirUnit(String text, long nanos) throws Refused {
        assertThat(parse("PAUSE shop WITHIN " + text))
                .isEqualTo(
                        new AdminCommand.Pause(SHOP, new Patience.Within(Duration.ofNanos(nanos))));
        assertThat(parse("PAUSE WITHIN '" + text + "'"))
                .isEqualTo(
                        new AdminCommand.Pause(
                                Scope.ALL, new Patience.Within(Duration.ofNanos(nanos))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"500", "5 s", "-5s", "5d", "99999999999999999999s", "''"})
    void whatIsNoDurationIsRefused(String text) {
        assertThat(refusal("PAUSE shop WITHIN " + text).report().sqlState())
                .isEqualTo(SqlState.SYNTAX_ERROR);
    }

    @Test
    void everyViewCanBeShownAndSelected() throws Refused {
        for (var view : View.values()) {
            assertThat(parse("show " + view.word()))
                    .isEqualTo(new AdminCommand.Show(view, Scope.ALL));
            assertThat(parse("SELECT " + view.word()))
                    .isEqualTo(new AdminCommand.Show(view, Scope.ALL));
        }
        assertThat(parse("SHOW TABLES shop")).isEqualTo(new AdminCommand.Show(View.TABLES, SHOP));
    }

    @Test
    void operationsHaveTheirForms() throws Refused {
        assertThat(parse("MAINTENANCE ON shop"))
                .isEqualTo(new AdminCommand.MaintenanceOn(SHOP, new Patience.Unlimited()));
        assertThat(parse("MAINTENANCE ON WITHIN 1s"))
                .isEqualTo(
                        new AdminCommand.MaintenanceOn(
                                Scope.ALL, new Patience.Within(Duration.ofSeconds(1))));
        assertThat(parse("MAINTENANCE OFF")).isEqualTo(new AdminCommand.MaintenanceOff(Scope.ALL));
        assertThat(parse("RECONNECT shop")).isEqualTo(new AdminCommand.Reconnect(SHOP));
        assertThat(parse("WAIT_CLOSE")).isEqualTo(new AdminCommand.WaitClose(Scope.ALL));
        assertThat(parse("KILL_CLIENT 42")).isEqualTo(new AdminCommand.KillClient(42));
        assertThat(parse("DISABLE shop")).isEqualTo(new AdminCommand.Disable("shop"));
        assertThat(parse("ENABLE shop")).isEqualTo(new AdminCommand.Enable("shop"));
        assertThat(parse("RELOAD")).isEqualTo(new AdminCommand.Reload());
        assertThat(parse("SUSPEND")).isEqualTo(new AdminCommand.Suspend());
        assertThat(parse("SHUTDOWN")).isEqualTo(new AdminCommand.Shutdown(Stop.NOW));
        assertThat(parse("SHUTDOWN WAIT_FOR_CLIENTS"))
                .isEqualTo(new AdminCommand.Shutdown(Stop.WAIT_FOR_CLIENTS));
        assertThat(parse("SET query_wait_timeout = '5s'"))
                .isEqualTo(new AdminCommand.SetKey("query_wait_timeout", "5s"));
    }

    @Test
    void movesHaveTheirForms() throws Refused {
        assertThat(parse("CHECK shop TO green")).isEqualTo(new AdminCommand.Check("shop", "green"));
        assertThat(parse("MIGRATE shop TO green"))
                .isEqualTo(new AdminCommand.MigrateStart("shop", "green", Set.of()));
        assertThat(parse("MIGRATE shop TO green START ACCEPT no-key, 'extensions'"))
                .isEqualTo(
                        new AdminCommand.MigrateStart(
                                "shop", "green", Set.of("no-key", "extensions")));
        assertThat(parse("MIGRATE shop TO green DRY RUN"))
                .isEqualTo(new AdminCommand.MigratePlan("shop", "green"));
        assertThat(parse("MIGRATE shop ABORT")).isEqualTo(new AdminCommand.MigrateAbort("shop"));
        assertThat(parse("MIGRATE shop COMPLETE"))
                .isEqualTo(new AdminCommand.MigrateComplete("shop"));
        assertThat(parse("CUTOVER shop TO green"))
                .isEqualTo(new AdminCommand.CutoverTo(List.of("shop"), "green", PLAIN));
        assertThat(parse("CUTOVER shop, orders TO green DRY RUN MAX PAUSE 100ms ACCEPT lag"))
                .isEqualTo(
                        new AdminCommand.CutoverTo(
                                List.of("shop", "orders"),
                                "green",
                                new CutoverOptions(true, Duration.ofMillis(100), Set.of("lag"))));
        assertThat(parse("CUTOVER shop BACK"))
                .isEqualTo(new AdminCommand.CutoverBack(List.of("shop"), false, PLAIN));
        assertThat(parse("cutover shop back ignoring strays"))
                .isEqualTo(new AdminCommand.CutoverBack(List.of("shop"), true, PLAIN));
        assertThat(parse("CUTOVER shop CANCEL")).isEqualTo(new AdminCommand.CutoverCancel("shop"));
        assertThat(parse("REPAIR shop DRY RUN")).isEqualTo(new AdminCommand.Repair("shop", true));
        assertThat(parse("VERIFY shop")).isEqualTo(new AdminCommand.Verify("shop"));
    }

    @Test
    void aDatabaseMayBearTheNameOfAKeyword() throws Refused {
        assertThat(parse("CUTOVER cutover TO to"))
                .isEqualTo(new AdminCommand.CutoverTo(List.of("cutover"), "to", PLAIN));
        assertThat(parse("MIGRATE start TO start START"))
                .isEqualTo(new AdminCommand.MigrateStart("start", "start", Set.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CUTOVR shop TO green|CUTOVER",
                "SHWO pools|SHOW",
                "SHOW POLS|POOLS",
                "SHOW CUTOVERZ|CUTOVER",
                "SELECT clientz|CLIENTS",
                "RESUM shop|RESUME"
            })
    void anUnknownWordIsAnsweredWithWhatWasProbablyMeant(String typed, String meant) {
        var report = refusal(typed).report();

        assertThat(report.sqlState()).isEqualTo(SqlState.SYNTAX_ERROR);
        assertThat(report.hint()).contains("did you mean " + meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUTOVER",
                "CUTOVER shop",
                "CUTOVER shop TO",
                "CUTOVER shop, TO green",
                "CUTOVER a, b CANCEL",
                "CUTOVER shop TO green DRY",
                "CUTOVER shop TO green extra",
                "MIGRATE shop",
                "CHECK shop green",
                "KILL",
                "KILL_CLIENT x",
                "KILL_CLIENT",
                "SHOW",
                "SHOW POOLS shop",
                "SET x",
                "SET x =",
                "MAINTENANCE",
                "MAINTENANCE ON shop WITHIN",
                "PAUSE a b",
                "PAUSE 'shop'",
                "SHUTDOWN NOW",
                "RELOAD now",
                "PAUSE \"shop",
                "PAUSE 'shop",
                "/* open",
                "%",
                "=",
                "()",
                "SELECT",
                "SELECT * FROM shop",
                "SELECT now("
            })
    void whatCannotBeUnderstoodIsASyntaxErrorWithAHint(String sql) {
        var refusal =
                catchThrowableOfType(
                        Refused.class, () -> CommandParser.split(sql).getFirst().parse());

        assertThat(refusal.report().sqlState()).isEqualTo(SqlState.SYNTAX_ERROR);
        assertThat(refusal.report().message()).isNotBlank();
    }

    @Test
    void aHintShowsTheFormsOfTheCommand() {
        assertThat(refusal("CUTOVER shop").report().message())
                .isEqualTo("expected TO, BACK or CANCEL at the end");
        assertThat(refusal("CUTOVER shop").report().hint()).contains("CUTOVER db CANCEL");
    }

    @Test
    void statementsOfDriversAreTaken() throws Refused {
        assertThat(parse("SET extra_float_digits = 3"))
                .isEqualTo(new AdminCommand.SetSession("extra_float_digits", "3"));
        assertThat(parse("SET SESSION application_name TO 'a b'"))
                .isInstanceOf(AdminCommand.SetSession.class);
        assertThat(parse("SET TIME ZONE 'UTC'")).isInstanceOf(AdminCommand.SetSession.class);
        assertThat(parse("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
                .isInstanceOf(AdminCommand.SetSession.class);
        assertThat(parse("SET datestyle = ISO, MDY")).isInstanceOf(AdminCommand.SetSession.class);
        assertThat(parse("BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED"))
                .isEqualTo(new AdminCommand.Transaction(Boundary.BEGIN));
        assertThat(parse("COMMIT")).isEqualTo(new AdminCommand.Transaction(Boundary.COMMIT));
        assertThat(parse("ROLLBACK")).isEqualTo(new AdminCommand.Transaction(Boundary.ROLLBACK));
        assertThat(parse("DISCARD ALL")).isEqualTo(new AdminCommand.Tidy("DISCARD ALL"));
        assertThat(parse("DEALLOCATE ALL")).isEqualTo(new AdminCommand.Tidy("DEALLOCATE ALL"));
        assertThat(parse("DEALLOCATE _pg3_0")).isEqualTo(new AdminCommand.Tidy("DEALLOCATE"));
        assertThat(parse("RESET ALL")).isEqualTo(new AdminCommand.Tidy("RESET"));
        assertThat(parse("SHOW TRANSACTION ISOLATION LEVEL"))
                .isEqualTo(new AdminCommand.ShowSetting("transaction_isolation"));
        assertThat(parse("show TimeZone")).isEqualTo(new AdminCommand.ShowSetting("timezone"));
        assertThat(parse("SELECT 1")).isEqualTo(new AdminCommand.Constant("?column?", "1"));
        assertThat(parse("select version()")).isInstanceOf(AdminCommand.Constant.class);
        assertThat(parse("select current_database()"))
                .isEqualTo(new AdminCommand.Constant("current_database", "pointsman"));
    }

    @Test
    void randomTextIsEitherUnderstoodOrRefused() {
        long seed = Long.getLong("seed", FRESH);
        var random = new Random(seed);
        var words =
                List.of(
                        "CUTOVER",
                        "shop",
                        "TO",
                        "BACK",
                        ",",
                        ";",
                        "\"",
                        "'",
                        "--",
                        "/*",
                        "*/",
                        "=",
                        "(",
                        "SHOW",
                        "SET",
                        "WITHIN",
                        "5s",
                        "\u0000",
                        "\uD83D\uDE80",
                        "\n",
                        "PAUSE",
                        "MIGRATE",
                        "SELECT",
                        "-");
        for (int round = 0; round < 20_000; round++) {
            var sql = new StringBuilder();
            for (int i = random.nextInt(8); i >= 0; i--) {
                sql.append(words.get(random.nextInt(words.size())))
                        .append(random.nextBoolean() ? " " : "");
            }
            try {
                for (var statement : CommandParser.split(sql.toString())) {
                    assertThat(statement.parse()).isNotNull();
                }
            } catch (Refused refused) {
                assertThat(refused.report().sqlState()).isEqualTo(SqlState.SYNTAX_ERROR);
            } catch (RuntimeException fault) {
                throw new AssertionError("seed " + seed + ": " + sql, fault);
            }
        }
    }
}
