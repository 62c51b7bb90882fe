package dev.pointsman.cli.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.driver.Driver.Account;
import dev.pointsman.cli.driver.Driver.Address;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.run.Step;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicContainer;
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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Every driver's own features: directly against PostgreSQL first, so that a difference is ours,
/// then through the proxy in both pool modes.
@Tag("real")
class DriverMatrixTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    /// As many at a time as a small machine has cores.
    private static final int AT_ONCE = 2;

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
    List<DynamicContainer> whatWorksDirectlyWorksThroughTheProxy() throws Exception {
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
        var direct = servers.source().port();
        var session = proxy("session");
        var transaction = proxy("transaction");
        var containers = new ArrayList<DynamicContainer>();
        int number = 0;
        for (var driver : Drivers.all()) {
            var tag = "d" + ++number;
            var ready = work.submit(prepared(driver));
            var all = driver.scenarios();
            var pooled =
                    all.stream().filter(name -> !driver.needsSession().contains(name)).toList();
            containers.add(
                    dynamicContainer(
                            driver.name(),
                            Stream.of(
                                            new Route("direct", direct, all),
                                            new Route("session", session, all),
                                            new Route("transaction", transaction, pooled))
                                    .map(route -> route(driver, ready, route, tag))));
        }
        return containers;
    }

    /// One way from a driver to a server.
    private record Route(String name, int port, List<String> scenarios) {}

    private int proxy(String mode) throws Exception {
        var folder = Files.createDirectory(state.resolve(mode));
        var setup = CrossingLab.Setup.of(mode);
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

    private DynamicContainer route(Driver driver, Future<String> ready, Route route, String tag) {
        var address = new Address(route.port(), servers.database());
        var running =
                work.submit(
                        () -> {
                            if (!ready.get().isEmpty()) {
                                return new Account("", List.of());
                            }
                            return driver.play(address, tag + route.name(), route.scenarios());
                        });
        return dynamicContainer(
                route.name(),
                route.scenarios().stream().map(name -> scenario(name, ready, running)));
    }

    private static DynamicTest scenario(
            String name, Future<String> ready, Future<Account> running) {
        return dynamicTest(
                name,
                () -> {
                    if (!ready.get().isEmpty()) {
                        Missing.tool(ready.get());
                    }
                    assertThat(told(running).ofScenario(name)).isEmpty();
                });
    }

    private static Account told(Future<Account> running) throws InterruptedException, IOException {
        try {
            return running.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}
