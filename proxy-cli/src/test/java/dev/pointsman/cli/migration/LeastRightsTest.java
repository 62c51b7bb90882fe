package dev.pointsman.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.migration.ReverseState;
import dev.pointsman.core.migration.platform.Grants;
import dev.pointsman.core.wire.Refused;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.Set;

/// A control role that is no superuser, with what `grants` prints and nothing more.
@Tag("real")
class LeastRightsTest {
    @RegisterExtension static final RealServers servers = RealServers.withPasswords(16, 18);

    private static final String ROLE =
            """
            do $$ begin create role pm login password 'secret'; exception
              when duplicate_object then null; end $$;
            do $$ begin create role owner_of_all login password 'o'; exception
              when duplicate_object then null; end $$;
            """;

    private static final String SCHEMA =
            """
            create table thing (id bigserial primary key, note text);
            alter table thing owner to owner_of_all;
            """;

    private Lab lab;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(servers, "pm", "secret");
        for (var server : servers.all()) {
            server.execute(lab.database, ROLE + SCHEMA);
            server.execute(
                    lab.database, "alter database " + lab.database + " owner to owner_of_all");
        }
        lab.onBlue("insert into thing (note) values ('a'), ('b')");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void whatGrantsPrintsIsEnough() throws Exception {
        // given
        lab.grant();
        // when
        assertThat(lab.failed()).isEmpty();
        lab.migrations.start(lab.database, Lab.GREEN, Set.of());
        var status = lab.awaitReady();
        // then
        assertThat(status.reverse()).isEqualTo(ReverseState.READY);
        assertThat(lab.green("select count(*) from thing")).isEqualTo("2");
        lab.migrations.abort(lab.database);
        assertThat(lab.green("select count(*) from thing")).isEqualTo("0");
        assertThat(lab.catalogs().toString()).doesNotContain("pub ", "sub ", "slot ");
    }

    @Test
    void theControlRoleMayHaveANameThatNeedsQuotes() throws Exception {
        for (var server : servers.all()) {
            server.execute(
                    "postgres",
                    """
                    do $$ begin create role "Pm Admin" login password 'secret'; exception
                      when duplicate_object then null; end $$\
                    """);
        }
        try (var quoted = new Lab(servers, "Pm Admin", "secret")) {
            // given
            quoted.grant();

            // when
            assertThat(quoted.failed()).isEmpty();
            quoted.migrations.start(quoted.database, Lab.GREEN, Set.of());
            var status = quoted.awaitReady();

            // then
            assertThat(status.reverse()).isEqualTo(ReverseState.READY);
            quoted.migrations.abort(quoted.database);
        }
    }

    @Test
    void nobodyIsToldToMakeTheControlRoleAMemberOfASuperuser() throws Exception {
        // given: tables and the database belong to the first superuser
        for (var server : servers.all()) {
            server.execute(lab.database, "alter table thing owner to postgres");
            server.execute(lab.database, "alter database " + lab.database + " owner to postgres");
        }

        // when
        lab.grant();
        var lines = lab.migrations.grants(lab.database);
        var failed = lab.failed();

        // then
        assertThat(lines)
                .extracting(Grants.Line::sql)
                .noneMatch(line -> line.startsWith("GRANT \"postgres\""))
                .anyMatch(line -> line.contains("superusers too (public.thing of postgres)"));
        assertThat(failed)
                .filteredOn(check -> check.id().equals("table-owner"))
                .hasSize(2)
                .allMatch(check -> check.mend().startsWith("ALTER TABLE"));
        assertThat(
                        lab.blue(
                                "select pg_get_userbyid(datdba) from pg_database"
                                        + " where datname = current_database()"))
                .isEqualTo("pm");
    }

    @Test
    void withoutRightsEveryMissingOneIsNamed() throws Exception {
        for (var server : servers.all()) {
            server.execute(
                    "postgres",
                    "do $$ begin create role bare login password 'secret'; exception"
                            + " when duplicate_object then null; end $$");
        }
        try (var bare = new Lab(servers, "bare", "secret")) {
            assertThatThrownBy(() -> bare.migrations.start(bare.database, Lab.GREEN, Set.of()))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            e -> {
                                assertThat(e.report().detail())
                                        .contains(
                                                "rights (blue)", "table-owner", "peer", "way-back");
                                assertThat(e.report().hint()).contains("GRANT");
                                assertThat(e.report().detail() + e.report().hint())
                                        .doesNotContain("secret");
                            });
        }
        assertThat(lab.blue("select to_regnamespace('pointsman') is null")).isEqualTo("t");
    }

    @Test
    void aWrongPasswordIsOneClearLine() throws Exception {
        try (var wrong = new Lab(servers, "pm", "wrong")) {
            assertThatThrownBy(() -> wrong.migrations.start(wrong.database, Lab.GREEN, Set.of()))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("server ")
                    .hasMessageContaining("control user pm")
                    .hasMessageContaining("password authentication failed");
        }
    }
}
