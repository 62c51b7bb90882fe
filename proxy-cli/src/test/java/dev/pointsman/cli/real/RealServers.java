package dev.pointsman.cli.real;

import dev.pointsman.cli.demo.EmbeddedServer;
import dev.pointsman.cli.demo.EmbeddedSettings;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// The servers of a test class, and a fresh database on each of them for every test:
///
/// ```
/// @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);
/// ```
///
/// Servers are embedded ones, or containers with `-Dpostgres=containers`. Roles and other things
/// that belong to a whole server outlive the test: give them names of their own.
public final class RealServers
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
    private static final Namespace SHARED = Namespace.create(RealServers.class);
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<EmbeddedSettings> settings;
    private final boolean own;
    private List<RealServer> servers = List.of();
    private String database = "";

    private RealServers(List<EmbeddedSettings> settings, boolean own) {
        this.settings = settings;
        this.own = own;
    }

    /// Servers that all classes with the same majors use in turn: they boot once in a test run. A
    /// test that stops or crashes one leaves it running again.
    public static RealServers shared(int... majors) {
        return new RealServers(
                Arrays.stream(majors).mapToObj(RealServers::withoutPauses).toList(), false);
    }

    /// Before 16 a server starts one apply worker in this time, whatever database it is for; with
    /// the default of 5 s one test would wait for another's.
    private static EmbeddedSettings withoutPauses(int major) {
        return EmbeddedSettings.of(major).with("wal_retrieve_retry_interval", "'100ms'");
    }

    /// Servers for this class alone, with settings of its own.
    public static RealServers own(EmbeddedSettings... settings) {
        return new RealServers(List.of(settings), true);
    }

    /// The same of these majors, which ask everybody for a password.
    public static RealServers withPasswords(int... majors) {
        return own(
                Arrays.stream(majors)
                        .mapToObj(major -> EmbeddedSettings.of(major).withPasswords())
                        .toArray(EmbeddedSettings[]::new));
    }

    /// The first server.
    public RealServer source() {
        return servers.get(0);
    }

    /// The second server.
    public RealServer target() {
        return servers.get(1);
    }

    public List<RealServer> all() {
        return servers;
    }

    /// This test's database, empty, on each server.
    public String database() {
        return database;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (own) {
            servers = start(settings);
            return;
        }
        servers =
                context.getStore(StoreScope.LAUNCHER_SESSION, SHARED)
                        .computeIfAbsent(settings, _ -> new Group(start(settings)), Group.class)
                        .servers();
    }

    @Override
    public void beforeEach(ExtensionContext context) throws SQLException {
        database = "db" + DATABASES.incrementAndGet();
        for (var server : servers) {
            server.execute("postgres", "create database " + database);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws SQLException {
        for (var server : servers) {
            if (!server.isRunning()) {
                server.restart();
            }
        }
        for (var server : servers) {
            dropSubscriptions(server, database);
        }
        for (var server : servers) {
            dropDatabase(server, database);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (own) {
            servers.forEach(RealServer::close);
        }
    }

    /// Waits until the superuser can log in.
    static void awaitLogin(RealServer server) {
        Awaitility.await("login to " + server.url("postgres"))
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> server.value("postgres", "select 1").equals("1"));
    }

    private static List<RealServer> start(List<EmbeddedSettings> settings) {
        return switch (System.getProperty("postgres", "embedded")) {
            case "containers" -> settings.stream().map(ContainerRealServer::start).toList();
            case "embedded" ->
                    EmbeddedServer.startAll(settings).stream()
                            .<RealServer>map(EmbeddedRealServer::new)
                            .toList();
            default ->
                    throw new IllegalArgumentException(
                            "-Dpostgres is neither embedded nor containers: "
                                    + System.getProperty("postgres"));
        };
    }

    private static void dropSubscriptions(RealServer server, String database) throws SQLException {
        var subscriptions =
                server.column(
                        "postgres",
                        "select quote_ident(subname) from pg_subscription s join pg_database d"
                                + " on d.oid = s.subdbid where datname = '"
                                + database
                                + "'");
        for (var name : subscriptions) {
            server.execute(database, "alter subscription " + name + " disable");
            server.execute(database, "alter subscription " + name + " set (slot_name = none)");
            server.execute(database, "drop subscription " + name);
        }
    }

    private static void dropDatabase(RealServer server, String database) throws SQLException {
        var slots = " from pg_replication_slots where database = '" + database + "'";
        Awaitility.await("end of the slots of " + database)
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(
                        () -> {
                            server.execute(
                                    "postgres",
                                    "select pg_terminate_backend(active_pid)"
                                            + slots
                                            + " and active");
                            server.execute(
                                    "postgres",
                                    "select pg_drop_replication_slot(slot_name)" + slots);
                            return server.value("postgres", "select count(*)" + slots).equals("0");
                        });
        for (var gid :
                server.column(
                        "postgres",
                        "select quote_literal(gid) from pg_prepared_xacts where database = '"
                                + database
                                + "'")) {
            server.execute(database, "rollback prepared " + gid);
        }
        server.execute("postgres", "drop database if exists " + database + " with (force)");
    }

    private record Group(List<RealServer> servers) implements AutoCloseable {
        @Override
        public void close() {
            servers.forEach(RealServer::close);
        }
    }
}
