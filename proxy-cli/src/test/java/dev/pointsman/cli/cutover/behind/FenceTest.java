package dev.pointsman.cli.cutover.behind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.fence.Fence;
import dev.pointsman.core.migration.OurSchema;
import dev.pointsman.core.wire.Refused;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// A control role that owns the database, and alone may connect to it: applications get in as its
/// members.
@Tag("real")
class FenceTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    @BeforeEach
    void ownedByTheControlRole() throws SQLException {
        for (var server : servers.all()) {
            server.execute(
                    servers.database(),
                    """
                    do $$ begin create role lone_owner login password 'secret'; exception
                      when duplicate_object then null; end $$;
                    alter database %1$s owner to lone_owner;
                    revoke connect on database %1$s from public;
                    grant lone_owner to %2$s;
                    grant usage on schema pointsman to lone_owner;
                    grant all on all tables in schema pointsman to lone_owner\
                    """
                            .formatted(servers.database(), CrossingLab.USER));
        }
    }

    @AfterEach
    void noMembers() throws SQLException {
        for (var server : servers.all()) {
            server.execute("postgres", "revoke lone_owner from " + CrossingLab.USER);
        }
    }

    private String stands() throws SQLException {
        return servers.source()
                .value(
                        "postgres",
                        "select datconnlimit || ' ' || datacl::text || ' ' || (select count(*)"
                                + " from pg_db_role_setting s where s.setdatabase = d.oid)"
                                + " from pg_database d where datname = '"
                                + servers.database()
                                + "'");
    }

    @Test
    void anOwnerNeverLocksItselfOut() throws SQLException {
        // given
        var before = stands();
        try (var owner = servers.source().connect(servers.database(), "lone_owner", "secret")) {
            var old = Fence.read(owner);

            // when
            assertThatThrownBy(() -> OurSchema.inTransaction(owner, () -> Fence.raise(owner, old)))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContainingAll("lone_owner", "GRANT CONNECT", "fence: off");
        }

        // then
        assertThat(stands()).isEqualTo(before);
        servers.source().connect(servers.database(), "lone_owner", "secret").close();
    }

    @Test
    void aCutoverThatCouldNotKeepAMemberOutIsRefusedBeforeItChangesAnything() throws Exception {
        servers.source()
                .execute(
                        servers.database(),
                        "grant connect on database " + servers.database() + " to public");
        isRefused(CrossingLab.USER, "cannot keep out", "fence: off");
    }

    @Test
    void aCutoverThatCouldNotFenceIsRefusedBeforeItChangesAnything() throws Exception {
        isRefused("lone_owner", "GRANT CONNECT", "fence: off");
    }

    private void isRefused(String... words) throws Exception {
        // given
        var before = stands();
        var setup = Setup.of("transaction").control("lone_owner", "secret");
        try (var lab = CrossingLab.start(servers, state, setup, _ -> {});
                var console = Console.before(lab.proxy());
                var client = lab.connect();
                var statement = client.createStatement()) {
            // when: CHECK tells beforehand what the run will find
            var told = fenceOn(console, "blue");
            assertThat(told.getFirst()).isEqualTo("fail cutover t");
            assertThat(told.get(1)).contains(words);

            // then
            for (var dry : new boolean[] {true, false}) {
                assertThatThrownBy(() -> lab.run(lab.order(new Destination.To("green"), dry)))
                        .isInstanceOfSatisfying(
                                Refused.class,
                                refused ->
                                        assertThat(told)
                                                .containsSubsequence(
                                                        refused.report().message(),
                                                        refused.report().hint()));
            }
            assertThat(fenceOn(console, "green").getFirst()).isEqualTo("warn none f");
            statement.execute("insert into account values (1, 1)");
            assertThat(stands()).isEqualTo(before);
            assertThat(
                            servers.source()
                                    .value(
                                            servers.database(),
                                            "select count(*) from pointsman.record"))
                    .isEqualTo("0");
            isMendedAsTold(lab, console, told.getLast());
        }
    }

    /// The verdict with what it blocks and whether it can be accepted, the finding, and the mend.
    private static List<String> fenceOn(Console console, String server) throws SQLException {
        var check = "CHECK " + servers.database() + " TO green";
        var at = -1;
        var ids = console.column(check, "id");
        var named = console.column(check, "server");
        for (int i = 0; i < ids.size(); i++) {
            if (ids.get(i).equals("fence") && named.get(i).equals(server)) {
                assertThat(at).as("rows about the fence on " + server).isNegative();
                at = i;
            }
        }
        var row = new ArrayList<String>();
        for (var name : List.of("verdict", "blocks", "unsafe", "finding", "mend")) {
            row.add(console.column(check, name).get(at));
        }
        return List.of(String.join(" ", row.subList(0, 3)), row.get(3), row.get(4));
    }

    private void isMendedAsTold(CrossingLab lab, Console console, String mend) throws Exception {
        // when
        assertThat(mend).startsWith("As a superuser: ");
        for (var sql : mend.substring("As a superuser: ".length()).split("; ", -1)) {
            servers.source().execute(servers.database(), sql);
        }

        // then: by that the run is not stopped any more
        var stands = stands();
        assertThat(fenceOn(console, "blue"))
                .first()
                .as("CHECK after " + mend)
                .isEqualTo("pass none f");
        assertThat(fenceOn(console, "blue").get(1))
                .contains("REVOKE CONNECT", CrossingLab.USER, "lone_owner");
        assertThat(stands()).isEqualTo(stands);
        assertThat(lab.rehearse("green").ending().message()).doesNotContain("fence");
    }

    @Test
    void aSuperuserFencesByTheConnectionLimitAndCheckSaysSo() throws Exception {
        try (var lab = CrossingLab.start(servers, state, Setup.of("transaction"), _ -> {});
                var console = Console.before(lab.proxy())) {
            var before = stands();
            for (var server : List.of("blue", "green")) {
                var row = fenceOn(console, server);
                assertThat(row.getFirst()).isEqualTo("pass none f");
                assertThat(row.get(1)).contains("connection limit");
            }
            assertThat(stands()).isEqualTo(before);
        }
    }

    @Test
    void aControlRoleThatDoesNotOwnTheDatabaseIsToldToBecomeAMember() throws Exception {
        for (var server : servers.all()) {
            server.execute(
                    servers.database(),
                    """
                    do $$ begin create role boss; exception when duplicate_object then null;
                      end $$;
                    revoke boss from lone_owner;
                    revoke lone_owner from %2$s;
                    alter database %1$s owner to boss;
                    grant connect on database %1$s to %2$s, lone_owner\
                    """
                            .formatted(servers.database(), CrossingLab.USER));
        }
        isRefused("lone_owner", "owner boss");
    }

    @Test
    void aControlRoleIsToldToBecomeTheOwnerWhereASuperuserIs() throws Exception {
        for (var server : servers.all()) {
            server.execute(
                    servers.database(),
                    """
                    revoke lone_owner from %2$s;
                    alter database %1$s owner to postgres;
                    grant connect on database %1$s to %2$s, lone_owner\
                    """
                            .formatted(servers.database(), CrossingLab.USER));
        }

        // when
        isRefused("lone_owner", "owner postgres");

        // then
        assertThat(
                        servers.source()
                                .value(
                                        servers.database(),
                                        "select pg_get_userbyid(datdba) from pg_database"
                                                + " where datname = current_database()"))
                .isEqualTo("lone_owner");
    }

    @Test
    void aRightThatTheControlRoleCouldNotGrantOnAgainIsNamedWithItsMend() throws Exception {
        for (var server : servers.all()) {
            server.execute(
                    servers.database(),
                    """
                    do $$ begin create role lender login; exception
                      when duplicate_object then null; end $$;
                    do $$ begin create role "Guest" login; exception
                      when duplicate_object then null; end $$;
                    revoke lone_owner from %2$s;
                    grant connect on database %1$s to %2$s;
                    grant connect on database %1$s to lender with grant option;
                    set role lender;
                    grant connect on database %1$s to "Guest" with grant option;
                    set role "Guest";
                    grant connect on database %1$s to public;
                    reset role\
                    """
                            .formatted(servers.database(), CrossingLab.USER));
        }
        isRefused("lender", "\"Guest\"", "cannot grant as");
    }
}
