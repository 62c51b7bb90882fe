package dev.pointsman.cli.bench.tls;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.bench.Sample;
import dev.pointsman.cli.bench.tls.Pgbench.Load;
import dev.pointsman.cli.demo.EmbeddedServer;
import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.demo.Folders;
import dev.pointsman.cli.load.Address;
import dev.pointsman.cli.render.Terminal;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Runs the same loads through one proxy after another, A B C A B C, all in front of one server of
/// its own: one without encryption, one with the Java runtime's engine, and one with the native
/// engine where its jars are given.
public final class TlsBench {
    private static final int MAJOR = 18;
    private static final String NAME = "bench";
    private static final Duration LOGINS_TIME = Duration.ofSeconds(3);
    private static final Duration STORM_EVERY = Duration.ofMillis(2);

    /// For pgbench to log in before the storm begins: behind it that takes seconds.
    private static final Duration BEFORE_STORM = Duration.ofSeconds(1);

    private static final Duration RISING = Duration.ofSeconds(1);
    private static final int IDLE_CLIENTS = 1000;
    private static final double PER_KILOBYTE = 1000;

    private final Terminal terminal;
    private final KeyKind key;
    private final Optional<Path> jars;
    private final TlsResult result = new TlsResult();

    /// @param jars a folder with the jars of netty-tcnative
    public TlsBench(Terminal terminal, KeyKind key, Optional<Path> jars) {
        this.terminal = terminal;
        this.key = key;
        this.jars = jars;
    }

    /// Runs `rounds` after one that warms up and does not count; about half a minute a round and
    /// proxy.
    ///
    /// @throws CommandFailure when pgbench is missing, or anything fails that should not
    public TlsResult run(int rounds) throws SQLException, IOException, InterruptedException {
        var folder = Files.createTempDirectory("pointsman-tls-");
        try (var server = EmbeddedServer.start(EmbeddedSettings.of(MAJOR))) {
            server.execute("postgres", "CREATE ROLE " + NAME + " LOGIN");
            server.execute("postgres", "CREATE DATABASE " + NAME + " OWNER " + NAME);
            var password = UUID.randomUUID().toString();
            var address = new Address(EmbeddedServer.HOST, server.port(), NAME, NAME, password);
            var pgbench = new Pgbench(folder);
            pgbench.fill(address);
            SelfSigned.write(folder, key);
            var proxies = new ArrayList<MeasuredProxy>();
            try {
                for (var arm : Arm.values()) {
                    if (arm != Arm.NATIVE || jars.isPresent()) {
                        proxies.add(MeasuredProxy.start(arm, address, folder, jars));
                    }
                }
                measure(proxies, pgbench, rounds);
                return result;
            } finally {
                proxies.forEach(MeasuredProxy::close);
            }
        } finally {
            Folders.delete(folder);
        }
    }

    private void measure(List<MeasuredProxy> proxies, Pgbench pgbench, int rounds)
            throws IOException, InterruptedException {
        terminal.line(
                "one server, " + proxies.size() + " proxies, key " + key + ", rounds in turn");
        for (int round = 0; round <= rounds; round++) {
            var counting = round == 0 ? new TlsResult() : result;
            for (var proxy : proxies) {
                traffic(proxy, pgbench, counting);
                logins(proxy, counting);
                storm(proxy, pgbench, counting);
                terminal.line(
                        (round == 0 ? "warm-up   " : "round %2d  ".formatted(round))
                                + proxy.arm().words());
            }
        }
        for (var proxy : proxies) {
            memory(proxy);
        }
    }

    private static void traffic(MeasuredProxy proxy, Pgbench pgbench, TlsResult counting)
            throws IOException, InterruptedException {
        for (var load : List.of(Load.SMALL, Load.LARGE)) {
            var before = proxy.processorTime();
            var traffic = pgbench.run(proxy.address(), proxy.encrypted(), load);
            var spent = proxy.processorTime().minus(before);
            var rate = load == Load.SMALL ? Measure.SMALL : Measure.LARGE;
            var each = load == Load.SMALL ? Measure.SMALL_CPU : Measure.LARGE_CPU;
            counting.add(proxy.arm(), rate, traffic.perSecond());
            counting.add(proxy.arm(), each, spent.toNanos() / 1e3 / traffic.transactions());
        }
    }

    private static void logins(MeasuredProxy proxy, TlsResult counting)
            throws InterruptedException {
        var before = proxy.processorTime();
        var storm = Storm.start(proxy.door(), Storm.NO_PAUSE, Duration.ZERO);
        Thread.sleep(LOGINS_TIME);
        var logins = storm.stop();
        var spent = proxy.processorTime().minus(before);
        counting.add(proxy.arm(), Measure.LOGINS, logins.perSecond());
        counting.add(proxy.arm(), Measure.LOGIN_CPU, spent.toNanos() / 1e6 / logins.count());
    }

    private static void storm(MeasuredProxy proxy, Pgbench pgbench, TlsResult counting)
            throws IOException, InterruptedException {
        var calm = paced(proxy, pgbench);
        counting.add(proxy.arm(), Measure.CALM_MEDIAN, calm.quantile(0.5));
        counting.add(proxy.arm(), Measure.CALM_P99, calm.quantile(0.99));
        counting.add(proxy.arm(), Measure.CALM_WORST, calm.max());
        var storm = Storm.start(proxy.door(), STORM_EVERY, BEFORE_STORM);
        var within = paced(proxy, pgbench);
        counting.add(proxy.arm(), Measure.STORM, storm.stop().perSecond());
        counting.add(proxy.arm(), Measure.STORM_MEDIAN, within.quantile(0.5));
        counting.add(proxy.arm(), Measure.STORM_P99, within.quantile(0.99));
        counting.add(proxy.arm(), Measure.STORM_WORST, within.max());
    }

    private static Sample paced(MeasuredProxy proxy, Pgbench pgbench)
            throws IOException, InterruptedException {
        var from = Instant.now().plus(BEFORE_STORM).plus(RISING);
        return new Sample(pgbench.paced(proxy.address(), proxy.encrypted(), from));
    }

    private void memory(MeasuredProxy proxy) throws IOException, InterruptedException {
        long heap = proxy.liveHeap();
        var resident = proxy.resident();
        var idle = new ArrayList<Socket>();
        try {
            while (idle.size() < IDLE_CLIENTS) {
                idle.add(proxy.door().enter());
            }
            var each = IDLE_CLIENTS * PER_KILOBYTE;
            result.add(proxy.arm(), Measure.HEAP, (proxy.liveHeap() - heap) / each);
            var now = proxy.resident();
            if (resident.isPresent() && now.isPresent()) {
                result.add(
                        proxy.arm(),
                        Measure.RESIDENT,
                        (now.getAsLong() - resident.getAsLong()) / each);
            }
        } finally {
            for (var socket : idle) {
                Doorway.leave(socket);
            }
        }
    }
}
