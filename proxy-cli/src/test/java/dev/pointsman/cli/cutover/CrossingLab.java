package dev.pointsman.cli.cutover;

import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.cutover.CutoverOrder;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.ReportText;
import dev.pointsman.core.cutover.report.Requester;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.wire.Refused;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/// A proxy in front of two real servers that are ready for a cutover, and the orders to it.
final class CrossingLab implements AutoCloseable {
    static final String USER = "crosser";
    static final String DDL =
            """
            create table entry (id bigserial primary key, writer int not null, number int not null,
                                unique (writer, number));
            create table account (id int primary key, balance bigint not null);
            grant all on all tables in schema public to %1$s;
            grant all on all sequences in schema public to %1$s\
            """
                    .formatted(USER);

    private final RealServers servers;
    private final Proxy proxy;

    private CrossingLab(RealServers servers, Proxy proxy) {
        this.servers = servers;
        this.proxy = proxy;
    }

    /// Lays schema and replication on both servers. Roles outlive the test's database.
    static void lay(RealServers servers) throws SQLException {
        for (var server : servers.all()) {
            server.execute(
                    "postgres",
                    "do $$ begin if not exists (select from pg_roles where rolname = '"
                            + USER
                            + "') then create role "
                            + USER
                            + " login; end if; end $$");
        }
        new MigratedPair(servers.source(), servers.target(), servers.database())
                .replicate(DDL, "entry", "account");
    }

    /// Starts a proxy on a state folder.
    ///
    /// @param more lines of the database's `cutover` key, such as `strangers: terminate`
    static CrossingLab start(
            RealServers servers, Path state, String mode, String more, Step.Watch watch)
            throws Exception {
        var text =
                """
                version: 1
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
                state: %s
                users: {%s: {password: "secret"}}
                databases:
                  %s:
                    pool: {mode: %s, size: 20}
                    serve: blue
                    control: {user: postgres, maintenance_db: postgres}
                    servers:
                      blue: {host: 127.0.0.1, port: %d, dbname: %s, sslmode: disable}
                      green: {host: 127.0.0.1, port: %d, dbname: %s, sslmode: disable}
                    cutover: {%s}
                """
                        .formatted(
                                state,
                                USER,
                                servers.database(),
                                mode,
                                servers.source().port(),
                                servers.database(),
                                servers.target().port(),
                                servers.database(),
                                more);
        var config = ConfigFile.parse(text, "test.yaml", state, Map.of());
        return new CrossingLab(servers, Proxy.start(config, "test", watch));
    }

    Proxy proxy() {
        return proxy;
    }

    /// A client of the proxy.
    Connection connect() throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", "secret");
        properties.setProperty("prepareThreshold", "0");
        properties.setProperty("loginTimeout", "20");
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + servers.database(),
                properties);
    }

    CutoverOrder order(Destination destination, boolean dryRun) {
        return new CutoverOrder(
                List.of(servers.database()),
                destination,
                dryRun,
                Duration.ZERO,
                Set.of(),
                new Requester("tester", "127.0.0.1"));
    }

    Report to(String server) throws Refused {
        return run(order(new Destination.To(server), false));
    }

    Report rehearse(String server) throws Refused {
        return run(order(new Destination.To(server), true));
    }

    Report back() throws Refused {
        return run(order(new Destination.Back(false), false));
    }

    Report run(CutoverOrder order) throws Refused {
        var report = proxy.cutovers().run(order, _ -> {});
        System.out.println(ReportText.write(report));
        return report;
    }

    String serving() {
        return proxy.routes().current(servers.database()).server();
    }

    @Override
    public void close() {
        proxy.close();
    }
}
