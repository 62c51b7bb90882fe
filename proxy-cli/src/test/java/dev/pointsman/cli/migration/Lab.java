package dev.pointsman.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.tls.PeerTls;
import dev.pointsman.core.config.tls.ServerTls;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.MigrationState;
import dev.pointsman.core.migration.MigrationStatus;
import dev.pointsman.core.migration.Migrations;
import dev.pointsman.core.migration.Serving;

import org.awaitility.Awaitility;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A test's database on two servers, blue and green, and a proxy's migrations of it.
final class Lab implements AutoCloseable {
    static final String BLUE = "blue";
    static final String GREEN = "green";

    private final RealServers servers;
    private final String control;
    private final String password;
    final String database;
    volatile Serving.Served served = new Serving.Served(BLUE, 1);
    volatile boolean alone = true;
    Migrations migrations;

    Lab(RealServers servers) {
        this(servers, "postgres", "");
    }

    /// With a control user of the test's own.
    Lab(RealServers servers, String control, String password) {
        this.servers = servers;
        this.control = control;
        this.password = password;
        database = servers.database();
        migrations = open();
    }

    private Migrations open() {
        return new Migrations(new Clusters("test", settings()), _ -> served, _ -> alone);
    }

    /// As after a stop and a new start of the proxy.
    void restart() {
        migrations.close();
        migrations = open();
        migrations.resume();
    }

    private Map<String, Database> settings() {
        var both =
                Map.of(
                        BLUE,
                        server(BLUE, servers.source()),
                        GREEN,
                        server(GREEN, servers.target()));
        return Map.of(
                database,
                new Database(
                        database,
                        new Database.PoolSettings(Database.PoolMode.SESSION, 5),
                        BLUE,
                        both,
                        CutoverSettings.defaults(),
                        Limits.defaults(),
                        /* unnamed= */ false));
    }

    private Server server(String name, RealServer real) {
        Secret secret = password.isEmpty() ? new Secret.Absent() : new Secret.Clear(password);
        return new Server(
                name,
                real.host(),
                real.port(),
                database,
                ServerTls.of(SslMode.PREFER),
                new Server.Control(control, secret, "postgres"),
                Map.of(),
                new Server.Peer(real.peerHost(), real.peerPort(), PeerTls.of(SslMode.PREFER)));
    }

    MigrationStatus awaitReady() {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .failFast(
                        () ->
                                assertThat(migrations.status(database))
                                        .matches(one -> one.state() != MigrationState.FAILED))
                .until(() -> migrations.status(database).state() == MigrationState.READY);
        return migrations.status(database);
    }

    String blue(String sql) throws Exception {
        return servers.source().value(database, sql);
    }

    String green(String sql) throws Exception {
        return servers.target().value(database, sql);
    }

    void onBlue(String sql) throws Exception {
        servers.source().execute(database, sql);
    }

    void onGreen(String sql) throws Exception {
        servers.target().execute(database, sql);
    }

    /// Runs what `grants` prints as a superuser would, each server its part, but for memberships in
    /// the roles that are withheld on the target.
    void grant(String... withheld) throws Exception {
        var target = false;
        for (var granted : migrations.grants(database)) {
            var line = granted.sql();
            if (line.startsWith("-- server ")) {
                target = line.startsWith("-- server green");
            }
            var isWithheld =
                    target
                            && List.of(withheld).stream()
                                    .anyMatch(role -> line.equals(membership(role)));
            if (!line.startsWith("--") && !isWithheld) {
                (target ? servers.target() : servers.source()).execute(database, line);
            }
        }
    }

    private String membership(String role) {
        return "GRANT %s TO %s;".formatted(Sql.identifier(role), Sql.identifier(control));
    }

    /// The rows of CHECK that do not let a migration pass.
    List<Check> failed() throws Exception {
        return migrations.check(database, GREEN).stream()
                .filter(
                        check ->
                                check.verdict() == Check.Verdict.FAIL
                                        || check.verdict() == Check.Verdict.UNKNOWN)
                .toList();
    }

    /// What replication and we leave on both servers, and what lies in the schemas.
    List<String> catalogs() throws Exception {
        var sql =
                "select string_agg(x, E'\\n"
                    + "' order by x) from (select 'pub ' || pubname as x from pg_publication union"
                    + " all select 'sub ' || subname from pg_subscription s join pg_database d on"
                    + " d.oid = s.subdbid where d.datname = current_database() union all select"
                    + " 'slot ' || slot_name from pg_replication_slots where database ="
                    + " current_database() union all select 'schema ' || nspname || ' ' ||"
                    + " pg_get_userbyid(nspowner) || ' ' || (select coalesce(string_agg(a::text,"
                    + " ',' order by a::text), '') from unnest(coalesce(nspacl, acldefault('n',"
                    + " nspowner))) a) from pg_namespace where nspname !~ '^pg_' union all select"
                    + " 'class ' || oid::regclass || relkind::text from pg_class where"
                    + " relnamespace::regnamespace::text !~ '^(pg_|information)' union all select"
                    + " 'type ' || oid::regtype from pg_type where typnamespace::regnamespace::text"
                    + " !~ '^(pg_|information)' union all select 'proc ' || oid::regprocedure from"
                    + " pg_proc where pronamespace::regnamespace::text !~ '^(pg_|information)') t";
        return List.of(blue(sql), green(sql));
    }

    @Override
    public void close() {
        migrations.close();
    }
}
