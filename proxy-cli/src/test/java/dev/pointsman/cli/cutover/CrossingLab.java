package dev.pointsman.cli.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.wire.RawClient;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.config.file.ConfigProblems;
import dev.pointsman.core.cutover.CutoverOrder;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Outcome;
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
public final class CrossingLab implements AutoCloseable {
    public static final String USER = "crosser";
    public static final String DDL =
            """
            create table entry (id bigserial primary key, writer int not null, number int not null,
                                unique (writer, number));
            create table note (writer int not null, number int not null);
            create table account (id int primary key, balance bigint not null);
            grant all on all tables in schema public to %1$s;
            grant all on all sequences in schema public to %1$s\
            """
                    .formatted(USER);

    private final RealServers servers;
    private final Proxy proxy;
    private final Setup setup;

    private CrossingLab(RealServers servers, Proxy proxy, Setup setup) {
        this.servers = servers;
        this.setup = setup;
        this.proxy = proxy;
    }

    /// Where the proxy reaches the servers.
    public record Ports(int blue, int green) {}

    /// How the proxy is set up: pool mode, more of the `listen` key, lines of the database's
    /// `cutover` key, whole lines of the file, and the control role with its password, empty for
    /// none.
    public record Setup(
            String mode,
            String listen,
            String cutover,
            String more,
            String control,
            String password) {
        public static Setup of(String mode) {
            return new Setup(mode, "", "", "", RealServer.SUPERUSER, "");
        }

        /// The same in another pool mode.
        public Setup in(String poolMode) {
            return new Setup(poolMode, listen, cutover, more, control, password);
        }

        /// Such as `strangers: terminate`.
        public Setup cutover(String lines) {
            return new Setup(mode, listen, lines, more, control, password);
        }

        /// Such as `tls: {mode: disable}`.
        public Setup listen(String lines) {
            return new Setup(mode, lines, cutover, more, control, password);
        }

        /// Such as `auth: {type: trust}`.
        public Setup more(String lines) {
            return new Setup(mode, listen, cutover, lines, control, password);
        }

        public Setup control(String user, String secret) {
            return new Setup(mode, listen, cutover, more, user, secret);
        }

        private Config parse(RealServers servers, Path state, String sslmode)
                throws ConfigProblems {
            return ConfigFile.parse(
                    text(servers, state).replace("sslmode: disable", "sslmode: " + sslmode),
                    "test.yaml",
                    state,
                    Map.of());
        }

        /// The configuration file of a proxy that reaches both servers directly.
        public String text(RealServers servers, Path state) {
            var ports = new Ports(servers.source().port(), servers.target().port());
            return text(servers.database(), ports, state);
        }

        /// The configuration file.
        public String text(String database, Ports ports, Path state) {
            return """
            version: 1
            listen: {host: 127.0.0.1, port: 0%s}
            admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
            log: {connections: false}
            state: %s
            users: {%s: {password: "secret"}}
            databases:
              %s:
                pool: {mode: %s, size: 20}
                serve: blue
                control: {user: %s, maintenance_db: postgres%s}
                servers:
                  blue: {host: 127.0.0.1, port: %d, dbname: %s, sslmode: disable}
                  green: {host: 127.0.0.1, port: %d, dbname: %s, sslmode: disable}
                cutover: {%s}
            %s
            """
                    .formatted(
                            listen.isEmpty() ? "" : ", " + listen,
                            state,
                            USER,
                            database,
                            mode,
                            control,
                            password.isEmpty() ? "" : ", password: " + password,
                            ports.blue(),
                            database,
                            ports.green(),
                            database,
                            cutover,
                            more);
        }
    }

    /// Lays schema and replication on both servers. Roles outlive the test's database.
    public static void lay(RealServers servers) throws SQLException {
        createUser(servers);
        new MigratedPair(servers.source(), servers.target(), servers.database())
                .replicate(DDL, "entry", "note", "account");
    }

    /// The role of the clients on both servers.
    public static void createUser(RealServers servers) throws SQLException {
        for (var server : servers.all()) {
            server.execute(
                    "postgres",
                    """
                    do $$ begin if not exists (select from pg_roles where rolname = '%1$s') then
                      create role %1$s login password 'secret'; end if; end $$\
                    """
                            .formatted(USER));
        }
    }

    /// Lets everybody into a test's database again.
    public static void liftFences(RealServers servers) throws SQLException {
        var database = servers.database();
        for (var server : servers.all()) {
            server.execute("postgres", "alter database " + database + " reset all");
            server.execute("postgres", "alter database " + database + " connection limit -1");
        }
    }

    /// Starts a proxy on a state folder.
    ///
    /// @param cutover lines of the database's `cutover` key, such as `strangers: terminate`
    static CrossingLab start(
            RealServers servers, Path state, String mode, String cutover, Step.Watch watch)
            throws Exception {
        return start(servers, state, Setup.of(mode).cutover(cutover), watch);
    }

    /// Starts a proxy on a state folder.
    public static CrossingLab start(RealServers servers, Path state, Setup setup, Step.Watch watch)
            throws Exception {
        var proxy = Proxy.start(setup.parse(servers, state, "disable"), "test", watch);
        return new CrossingLab(servers, proxy, setup);
    }

    /// As after a change of the file that lets the proxy reach its servers in another way.
    public void reloadOtherServers() throws ConfigProblems, Refused {
        proxy.reconfigure(setup.parse(servers, proxy.config().state(), "prefer"));
    }

    public Proxy proxy() {
        return proxy;
    }

    /// A client of the proxy that asks for no password.
    public RawClient raw() {
        return RawClient.connect(proxy.port(), USER, servers.database());
    }

    /// A client of the proxy.
    public Connection connect() throws SQLException {
        return connect(proxy.port(), servers.database());
    }

    /// A client of the proxy at that port.
    public static Connection connect(int port, String database) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", "secret");
        properties.setProperty("prepareThreshold", "0");
        properties.setProperty("loginTimeout", "20");
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database, properties);
    }

    public CutoverOrder order(Destination destination, boolean dryRun) {
        return new CutoverOrder(
                List.of(servers.database()),
                destination,
                dryRun,
                Duration.ZERO,
                Set.of(),
                new Requester("tester", "127.0.0.1"));
    }

    public Report to(String server) throws Refused {
        return run(order(new Destination.To(server), false));
    }

    /// The same, with one condition accepted that is not met.
    public Report accepting(String id, String server) throws Refused {
        var order = order(new Destination.To(server), false);
        return run(
                new CutoverOrder(
                        order.databases(),
                        order.destination(),
                        false,
                        order.maxPause(),
                        Set.of(id),
                        order.requester()));
    }

    public Report rehearse(String server) throws Refused {
        return run(order(new Destination.To(server), true));
    }

    public Report back() throws Refused {
        return run(order(new Destination.Back(false), false));
    }

    public Report run(CutoverOrder order) throws Refused {
        var report = proxy.cutovers().run(order, _ -> {});
        System.out.println(ReportText.write(report));
        return report;
    }

    /// What a cutover that has to succeed says.
    public static Report switched(Report report) {
        assertThat(report.ending().outcome())
                .as(report.ending().message())
                .isEqualTo(Outcome.SWITCHED);
        return report;
    }

    public String serving() {
        return proxy.routes().current(servers.database()).server();
    }

    @Override
    public void close() {
        proxy.close();
    }
}
