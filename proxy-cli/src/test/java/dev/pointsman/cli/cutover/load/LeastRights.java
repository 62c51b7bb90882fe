package dev.pointsman.cli.cutover.load;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.migration.MigrationState;

import org.awaitility.Awaitility;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// A control role that is no superuser, on servers where neither the database nor its tables are
/// its own: it gets what `grants` prints and nothing more, and migrates with it.
public final class LeastRights {
    public static final String CONTROL = "pm";
    public static final String PASSWORD = "secret";

    private static final String ROLES =
            """
            do $$ begin create role pm login password 'secret'; exception
              when duplicate_object then null; end $$;
            do $$ begin create role owner_of_all login password 'o'; exception
              when duplicate_object then null; end $$\
            """;

    private LeastRights() {}

    /// Lays roles and the same empty schema on both servers.
    public static void lay(RealServers servers) throws SQLException {
        CrossingLab.createUser(servers);
        var database = servers.database();
        for (var server : servers.all()) {
            server.execute("postgres", ROLES);
            server.execute("postgres", "alter database " + database + " owner to owner_of_all");
            server.execute(
                    database,
                    CrossingLab.DDL
                            + "; alter table entry owner to owner_of_all;"
                            + " alter table note owner to owner_of_all;"
                            + " alter table account owner to owner_of_all");
        }
    }

    /// A proxy with that control role on servers that were laid for it, and a migration that is
    /// ready.
    public static CrossingLab migrated(RealServers servers, Path state, Step.Watch watch)
            throws Exception {
        var setup =
                Setup.of("transaction")
                        .cutover("attempts: 1, hold_limit: 20s")
                        .control(CONTROL, PASSWORD);
        var lab = CrossingLab.start(servers, state, setup, watch);
        migrate(servers, lab.proxy());
        return lab;
    }

    /// Grants what the proxy asks for, each server its part, and migrates until it is ready.
    public static void migrate(RealServers servers, Proxy proxy) throws Exception {
        var database = servers.database();
        for (var granted : proxy.migrations().grants(database)) {
            if (!granted.sql().startsWith("--")) {
                var blue = granted.server().equals("blue");
                (blue ? servers.source() : servers.target()).execute(database, granted.sql());
            }
        }
        proxy.migrations().start(database, "green", Set.of());
        Awaitility.await("the migration")
                .atMost(Duration.ofMinutes(2))
                .until(
                        () -> {
                            var status = proxy.migrations().status(database);
                            if (status.state() == MigrationState.FAILED) {
                                throw new AssertionError(status);
                            }
                            return status.state() == MigrationState.READY;
                        });
    }

    /// Lets the control role, and one of replication, connect by nothing but the right of PUBLIC,
    /// and somebody by a right that he may grant on, and has, in a chain.
    public static void connectThroughPublic(RealServers servers) throws SQLException {
        for (var server : servers.all()) {
            server.execute(
                    "postgres",
                    """
                    do $$ begin create role copier login replication; exception
                      when duplicate_object then null; end $$;
                    do $$ begin create role lender login; exception
                      when duplicate_object then null; end $$;
                    do $$ begin create role borrower login; exception
                      when duplicate_object then null; end $$;
                    do $$ begin create role guest login; exception
                      when duplicate_object then null; end $$;
                    grant lender, borrower to pm;
                    revoke connect on database %1$s from pm;
                    grant connect on database %1$s to lender with grant option;
                    set role lender;
                    grant connect on database %1$s to borrower with grant option;
                    set role borrower;
                    grant connect on database %1$s to guest, copier;
                    reset role\
                    """
                            .formatted(servers.database()));
        }
    }

    /// Who has which right on the test's database there, and from whom.
    public static List<String> accessTo(RealServer server, RealServers servers)
            throws SQLException {
        return server.column(
                "postgres",
                """
                select x::text from pg_database d,
                       aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
                 where d.datname = '%s' order by 1\
                """
                        .formatted(servers.database()));
    }
}
