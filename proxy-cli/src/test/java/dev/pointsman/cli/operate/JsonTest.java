package dev.pointsman.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;

import dev.pointsman.cli.ExitCode;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// With `--json`, on a terminal too, standard output is JSON and nothing else.
class JsonTest extends OperateHarness {
    static final List<Arguments> COMMANDS =
            List.of(
                    command("check", Check::new),
                    command("migrate start", Migrate.Start::new),
                    command("migrate start", Migrate.Start::new, "--detach"),
                    command("migrate start", Migrate.Start::new, "--dry-run"),
                    command("migrate status", Migrate.Status::new),
                    command("migrate status", Migrate.Status::new, "--tables"),
                    command("migrate abort", Migrate.Abort::new),
                    command("migrate complete", Migrate.Complete::new),
                    command("cutover", Cutover::new),
                    command("cutover", Cutover::new, "--dry-run"),
                    command("cutover", Cutover::new, "--cancel"),
                    command("verify", Views.Verify::new),
                    command("status", Views.Status::new),
                    command("why", Views.Why::new),
                    command("repair", Views.Repair::new),
                    command("repair", Views.Repair::new, "--dry-run"),
                    command("repair", Views.Repair::new, "--print-sql"),
                    command("grants", Views.Grants::new),
                    command("top", Top::new, "--count=1", "--interval=0.01"));

    @BeforeEach
    void script() {
        var migration = "database source target state tables:n tables_ready:n";
        var totals =
                "database xact_count:n query_count:n query_time:n bytes_received:n bytes_sent:n";
        admin.rows("CHECK shop TO green", "id verdict", "wal_level|pass")
                .rows("MIGRATE shop TO green START", "ok", "yes")
                .rows("MIGRATE shop TO green DRY RUN", "step:n sql", "1|CREATE c;")
                .rows("MIGRATE shop ABORT", "ok", "yes")
                .rows("MIGRATE shop COMPLETE", "step:n left_to_do", "1|stop blue")
                .rows("SHOW MIGRATION", migration, "shop|blue|green|copying|4|1")
                .rows("SHOW TABLES shop", "database table", "shop|public.a")
                .rows("SHOW CUTOVERS", CUTOVERS)
                .answer("CUTOVER shop TO green", phases())
                .answer("CUTOVER shop TO green DRY RUN", phases())
                .rows("CUTOVER shop CANCEL", "ok", "yes")
                .rows("SHOW CUTOVER", "id:n database", "3|shop")
                .rows("VERIFY shop", "database table verdict", "shop|public.a|equal")
                .rows("SHOW WHY", "database kind", "shop|serve")
                .rows("REPAIR shop", "database step settled", "shop|nothing|t")
                .rows("REPAIR shop DRY RUN", "database step settled", "shop|nothing|t")
                .rows("REPAIR shop PRINT SQL", "step:n sql", "1|GRANT a;")
                .rows("SHOW GRANTS shop", "database server sql", "shop|blue|GRANT b;")
                .rows("SHOW STATS_TOTALS", totals, "shop|10|20|1000|0|0")
                .rows("SHOW POOLS", "database cl_active:n cl_waiting:n", "shop|3|1");
    }

    @ParameterizedTest(name = "{0} {2}")
    @FieldSource("COMMANDS")
    void standardOutputIsJsonAlone(
            String name, Supplier<AdminCommand> command, List<String> options) throws Exception {
        // given
        var args = new ArrayList<>(options);
        args.add("--json");

        // when
        var code = run(admin, terminal(true, "no"), command.get(), args.toArray(String[]::new));

        // then
        assertThat(code).as(name).isEqualTo(ExitCode.DONE);
        assertThat(asked).isEmpty();
        var text = out.toString();
        assertThat(text).doesNotContain("\u001b", "\r").isNotBlank();
        for (var line : text.lines().toList()) {
            assertThat(JSON.std.anyFrom(line)).isInstanceOfAny(Map.class, List.class);
        }
    }

    private static Arguments command(
            String name, Supplier<AdminCommand> command, String... options) {
        return Arguments.of(name, command, List.of(options));
    }
}
