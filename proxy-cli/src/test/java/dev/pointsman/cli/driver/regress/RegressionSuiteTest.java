package dev.pointsman.cli.driver.regress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.driver.Missing;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.file.ConfigFile;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Some 45,000 lines of SQL, PostgreSQL's own regression suite, say the same byte for byte through
/// the proxy in session mode as directly. `POINTSMAN_REGRESS` names the folder `src/test/regress`
/// of PostgreSQL 15's sources, which the project does not carry.
@Tag("real")
class RegressionSuiteTest {
    static final String DATABASE = "regression";

    @RegisterExtension static final RealServers servers = RealServers.own(settings(), settings());

    /// Lines that tell a server connection that has served before from a new one.
    private static final Map<String, Set<String>> OF_A_USED_CONNECTION =
            Map.of(
                    "temp",
                    Set.of(
                            "ERROR:  cannot PREPARE a transaction that has operated on temporary"
                                    + " objects"),
                    "stats",
                    Set.of(" t", " f"),
                    "guc",
                    Set.of(
                            "ERROR:  invalid configuration parameter name"
                                    + " \"plpgsql.extra_foo_warnings\"",
                            "DETAIL:  \"plpgsql\" is a reserved prefix.",
                            "WARNING:  invalid configuration parameter name"
                                    + " \"plpgsql.extra_foo_warnings\", removing it",
                            "DETAIL:  \"plpgsql\" is now a reserved prefix."));

    /// It shows a catalog's rows as they lie there.
    private static final String UNORDERED = "largeobject";

    @TempDir Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();

    /// What the suite expects, as defaults of the server's.
    private static EmbeddedSettings settings() {
        return EmbeddedSettings.of(15)
                .with("fsync", "off")
                .with("autovacuum", "off")
                .with("max_prepared_transactions", "2")
                .with("datestyle", "'Postgres, MDY'")
                .with("intervalstyle", "postgres_verbose")
                .with("timezone", "'PST8PDT'");
    }

    @AfterEach
    void close() throws Exception {
        for (var one : opened.reversed()) {
            one.close();
        }
    }

    @TestFactory
    List<DynamicTest> everyFileOfTheSuiteSaysTheSameThroughTheProxy() throws Exception {
        var suite = System.getenv("POINTSMAN_REGRESS");
        if (suite == null) {
            Missing.tool(
                    "PostgreSQL's regression suite: set POINTSMAN_REGRESS to src/test/regress of"
                            + " the sources of PostgreSQL 15");
            return List.of();
        }
        for (var server : servers.all()) {
            server.execute("postgres", "create database " + DATABASE);
        }
        var names = schedule(Path.of(suite));
        var source = servers.source();
        var direct = runs(psql(suite, source.host(), source.port(), "direct"), names);
        var proxied = runs(psql(suite, "127.0.0.1", proxy(servers.target()), "proxied"), names);
        var tests = new ArrayList<DynamicTest>();
        for (int i = 0; i < names.size(); i++) {
            var name = names.get(i);
            var first = direct.get(i);
            var second = proxied.get(i);
            tests.add(
                    dynamicTest(
                            name,
                            () ->
                                    assertThat(said(name, second))
                                            .as(name)
                                            .isEqualTo(said(name, first))));
        }
        return tests;
    }

    private static List<String> schedule(Path suite) throws IOException {
        var names = new ArrayList<String>();
        for (var line : Files.readAllLines(suite.resolve("parallel_schedule"))) {
            if (line.startsWith("test:")) {
                for (var name : line.substring("test:".length()).strip().split("\\s+", -1)) {
                    if (Files.exists(suite.resolve("sql").resolve(name + ".sql"))) {
                        names.add(name);
                    }
                }
            }
        }
        return names;
    }

    private Psql psql(String suite, String host, int port, String results) throws IOException {
        return new Psql(Path.of(suite), host, port, Files.createDirectory(folder.resolve(results)));
    }

    /// All files in order, in the background.
    private List<Future<Path>> runs(Psql psql, List<String> names) {
        ExecutorService one = Executors.newSingleThreadExecutor();
        opened.add(one::shutdownNow);
        return names.stream()
                .map(name -> one.submit((Callable<Path>) () -> psql.run(name)))
                .toList();
    }

    private int proxy(RealServer server) throws Exception {
        var text =
                """
                version: 1
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
                log: {connections: false}
                auth: {type: trust}
                users: {postgres: {password: "none"}}
                state: %s
                databases:
                  %s:
                    pool: {mode: session, size: 20}
                    serve: blue
                    control: {user: postgres, maintenance_db: postgres}
                    servers:
                      blue: {host: "%s", port: %d, dbname: %s, sslmode: disable}
                """
                        .formatted(
                                folder.resolve("state"),
                                DATABASE,
                                server.host(),
                                server.port(),
                                DATABASE);
        var proxy = Proxy.start(ConfigFile.parse(text, "test.yaml", folder, Map.of()), "test");
        opened.add(proxy);
        return proxy.port();
    }

    private static List<String> said(String name, Future<Path> run)
            throws InterruptedException, IOException {
        try {
            var left = OF_A_USED_CONNECTION.getOrDefault(name, Set.of());
            var text = new String(Files.readAllBytes(run.get()), StandardCharsets.ISO_8859_1);
            var lines = text.lines().filter(line -> !left.contains(line));
            return name.equals(UNORDERED) ? lines.sorted().toList() : lines.toList();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}
