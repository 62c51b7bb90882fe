package dev.pointsman.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.preflight.Preflight;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.List;
import java.util.Set;

/// A control role that is no superuser copies the schema of another owner.
@Tag("real")
class SchemaRightsTest {
    @RegisterExtension static final RealServers servers = RealServers.withPasswords(14, 18);

    private static final String ROLES =
            """
            create role pm login password 'secret';
            create role app login password 'a';
            """;

    private Lab lab;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(servers, "pm", "secret");
        for (var server : servers.all()) {
            server.execute(lab.database, ROLES);
            server.execute(lab.database, "alter database " + lab.database + " owner to pm");
        }
        // app may create in its schemas by grants that the target does not have
        lab.onBlue(
                """
                revoke all on schema public from public;
                grant usage, create on schema public to app;
                create schema inner_one authorization pm;
                grant usage, create on schema inner_one to app;
                create table thing (id bigserial primary key, note text);
                alter table thing owner to app;
                create type inner_one.mood as enum ('calm');
                alter type inner_one.mood owner to app;
                """);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void whatGrantsPrintsIsEnoughToCopyTheSchemaOfAnotherOwner() throws Exception {
        // given
        lab.grant("app");
        assertThat(failed())
                .singleElement()
                .satisfies(
                        check -> {
                            assertThat(check.id()).isEqualTo("schema-copy");
                            assertThat(check.finding()).contains("OWNER TO app");
                            assertThat(check.stops(Check.Blocks.MIGRATE, Set.of("schema-copy")))
                                    .isTrue();
                        });
        assertThat(lab.green("select count(*) from pg_namespace where nspname = 'inner_one'"))
                .isEqualTo("0");
        // when
        lab.grant();
        // then
        assertThat(failed()).isEmpty();
        lab.migrations.start(lab.database, Lab.GREEN, Set.of(Preflight.WAY_BACK));
        lab.awaitReady();
        assertThat(lab.green("select tableowner from pg_tables where tablename = 'thing'"))
                .isEqualTo("app");
        lab.migrations.abort(lab.database);
        assertThat(lab.green("select has_schema_privilege('app', 'public', 'create')"))
                .isEqualTo("f");
        assertThat(lab.green("select to_regnamespace('inner_one') is null")).isEqualTo("t");
    }

    /// All but the way back, which takes a superuser on a source as old.
    private List<Check> failed() throws Exception {
        return lab.failed().stream()
                .filter(check -> !check.id().equals(Preflight.WAY_BACK))
                .toList();
    }
}
