package dev.pointsman.cli.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.driver.Driver.Account;
import dev.pointsman.cli.driver.Driver.Address;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.cli.tls.Papers;
import dev.pointsman.core.cutover.run.Step;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Every driver's own features: directly against PostgreSQL first, so that a difference is ours,
/// then through the proxy in both pool modes, and through one that takes encrypted connections
/// only.
@Tag("real")
class DriverMatrixTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    private static final Papers PAPERS = Papers.make();

    /// As many at a time as a small machine has cores.
    private static final int AT_ONCE = 2;

    /// What encryption could break: logins, amounts, and the connection that a cancel needs.
    private static final Set<String> OVER_TLS =
            Set.of("simple", "connect", "prepared", "copy", "cancel", "large");

    @TempDir Path state;

    private final ExecutorService work = Executors.newFixedThreadPool(AT_ONCE);
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        work.shutdownNow();
        for (var one : opened) {
            one.close();
        }
    }

    @TestFactory
    List<DynamicNode> whatWorksDirectlyWorksThroughTheProxy() throws Exception {
        CrossingLab.createUser(servers);
        servers.source()
                .execute(
                        servers.database(),
                        "grant create on schema public to "
                                + CrossingLab.USER
                                + "; grant create on database "
                                + servers.database()
                                + " to "
                                + CrossingLab.USER);
        var direct = address(servers.source().port());
        var session = address(proxy(Setup.of("session")));
        var transaction = address(proxy(Setup.of("transaction")));
        var port = address(proxy(Setup.of("transaction").listen(PAPERS.listen())));
        var encrypted = port.over(PAPERS.file("ca.pem"));
        var distrusted = port.over(PAPERS.file("other-ca.pem"));
        var bystander = new Bystander(encrypted);
        opened.add(bystander);
        var nodes = new ArrayList<DynamicNode>();
        int number = 0;
        for (var driver : Drivers.all()) {
            var tag = "d" + ++number;
            var ready = work.submit(prepared(driver));
            var all = driver.scenarios();
            var pooled =
                    all.stream().filter(name -> !driver.needsSession().contains(name)).toList();
            var overTls = pooled.stream().filter(OVER_TLS::contains).toList();
            var routes =
                    Stream.of(
                                    new Route("direct", direct, all),
                                    new Route("session", session, all),
                                    new Route("transaction", transaction, pooled),
                                    new Route("encrypted", encrypted, overTls))
                            .map(route -> route(driver, ready, route, tag));
            var stranger = new Route("distrusts", distrusted, overTls.subList(0, 1));
            nodes.add(
                    dynamicContainer(
                            driver.name(),
                            Stream.concat(routes, Stream.of(distrust(driver, ready, stranger)))));
        }
        nodes.add(dynamicTest("no other client's statement is cancelled", bystander::end));
        return nodes;
    }

    /// One way from a driver to a server.
    private record Route(String name, Address address, List<String> scenarios) {}

    private Address address(int port) {
        return new Address(port, servers.database());
    }

    private int proxy(Setup setup) throws Exception {
        var folder = Files.createTempDirectory(state, "proxy");
        var lab = CrossingLab.start(servers, folder, setup, Step.Watch.NONE);
        opened.add(lab);
        return lab.proxy().port();
    }

    private static Callable<String> prepared(Driver driver) {
        return () -> {
            try {
                driver.prepare();
                return "";
            } catch (IOException e) {
                return driver.name() + ": " + e.getMessage();
            }
        };
    }

    private Future<Account> play(Driver driver, Future<String> ready, Route route, String tag) {
        return work.submit(
                () ->
                        ready.get().isEmpty()
                                ? driver.play(
                                        route.address(), tag + route.name(), route.scenarios())
                                : new Account("", List.of()));
    }

    private DynamicContainer route(Driver driver, Future<String> ready, Route route, String tag) {
        var running = play(driver, ready, route, tag);
        return dynamicContainer(
                route.name(),
                route.scenarios().stream().map(name -> scenario(name, ready, running)));
    }

    private static DynamicTest scenario(
            String name, Future<String> ready, Future<Account> running) {
        return dynamicTest(name, () -> assertThat(told(ready, running).ofScenario(name)).isEmpty());
    }

    /// The driver verifies whom it talks to: where another authority is the right one, it goes
    /// away.
    private DynamicTest distrust(Driver driver, Future<String> ready, Route route) {
        var running = play(driver, ready, route, "none");
        return dynamicTest(
                route.name(),
                () ->
                        assertThat(told(ready, running).ofScenario(route.scenarios().getFirst()))
                                .containsPattern("(?i)certif|SSL handshake failed"));
    }

    private static Account told(Future<String> ready, Future<Account> running)
            throws InterruptedException, ExecutionException, IOException {
        if (!ready.get().isEmpty()) {
            Missing.tool(ready.get());
        }
        try {
            return running.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}
