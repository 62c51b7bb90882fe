package dev.pointsman.cli.cutover.behind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
                var client = lab.connect();
                var statement = client.createStatement()) {
            // when
            for (var dry : new boolean[] {true, false}) {
                assertThatThrownBy(() -> lab.run(lab.order(new Destination.To("green"), dry)))
                        .isInstanceOf(Refused.class)
                        .hasMessageContainingAll(words);
            }

            // then
            statement.execute("insert into account values (1, 1)");
        }
        assertThat(stands()).isEqualTo(before);
        assertThat(
                        servers.source()
                                .value(servers.database(), "select count(*) from pointsman.record"))
                .isEqualTo("0");
    }
}
