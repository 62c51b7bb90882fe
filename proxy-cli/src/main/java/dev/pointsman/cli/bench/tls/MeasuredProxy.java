package dev.pointsman.cli.bench.tls;

import dev.pointsman.cli.demo.EmbeddedServer;
import dev.pointsman.cli.demo.LoopbackPort;
import dev.pointsman.cli.demo.site.ServeChild;
import dev.pointsman.cli.load.Address;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// A proxy in front of the server, of which it is asked what it costs. All of them are started
/// alike but for the port's encryption and the engine.
final class MeasuredProxy implements AutoCloseable {
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private final Arm arm;
    private final Address address;
    private final Doorway door;
    private final ServeChild child;

    private MeasuredProxy(Arm arm, Address address, ServeChild child) {
        this.arm = arm;
        this.address = address;
        this.door = new Doorway(address, encrypted());
        this.child = child;
    }

    /// Starts one and returns when clients can log in.
    ///
    /// @param folder with the certificate; its files go there, too
    /// @param jars a folder with those of the native engine
    static MeasuredProxy start(Arm arm, Address server, Path folder, Optional<Path> jars)
            throws IOException, InterruptedException {
        int port = LoopbackPort.free();
        var own = Files.createDirectory(folder.resolve(arm.key()));
        var configuration = own.resolve("pointsman.yaml");
        Files.writeString(configuration, text(arm, server, port));
        var flags = new ArrayList<String>();
        jars.ifPresent(
                path -> {
                    flags.add("-cp");
                    flags.add(
                            System.getProperty("java.class.path")
                                    + File.pathSeparator
                                    + path.resolve("*"));
                });
        flags.add("-Dpointsman.tls.engine=" + (arm == Arm.NATIVE ? "openssl" : "jdk"));
        var child = ServeChild.start(configuration, own.resolve("serve.log"), flags);
        var address =
                new Address(
                        server.host(), port, server.database(), server.user(), server.password());
        var proxy = new MeasuredProxy(arm, address, child);
        try {
            proxy.awaitReady();
            return proxy;
        } catch (RuntimeException | InterruptedException e) {
            proxy.close();
            throw e;
        }
    }

    private static String text(Arm arm, Address server, int port) throws IOException {
        return """
        version: 1
        listen:
          host: %1$s
          port: %2$d
          tls: {mode: %3$s, cert: ../proxy.crt, key: ../proxy.key}
        admin: {host: %1$s, port: %4$d, users: {operator: "%6$s"}}
        state: ./state
        log: {connections: false}
        users:
          %5$s: {password: "%6$s"}
        databases:
          %7$s:
            pool: {mode: transaction, size: 20}
            control: {user: %8$s}
            servers:
              only: {host: %1$s, port: %9$d, sslmode: disable}
        """
                .formatted(
                        server.host(),
                        port,
                        arm == Arm.CLEAR ? "disable" : "require",
                        LoopbackPort.free(),
                        server.user(),
                        server.password(),
                        server.database(),
                        EmbeddedServer.SUPERUSER,
                        server.port());
    }

    private void awaitReady() throws InterruptedException {
        var deadline = System.nanoTime() + READY_MAX.toNanos();
        while (true) {
            try {
                Doorway.leave(door.enter());
                return;
            } catch (IOException e) {
                child.mustLive();
                if (System.nanoTime() - deadline > 0) {
                    throw child.failure("no client can log in: " + e.getMessage());
                }
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    Arm arm() {
        return arm;
    }

    Address address() {
        return address;
    }

    boolean encrypted() {
        return arm != Arm.CLEAR;
    }

    Doorway door() {
        return door;
    }

    /// What it has had of the processors until now.
    Duration processorTime() {
        return ProcessHandle.of(child.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(() -> child.failure("its processor time is not known"));
    }

    /// Bytes that live on its heap, after a collection.
    long liveHeap() throws IOException, InterruptedException {
        var said =
                Programs.run(
                        new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                                .toString(),
                                        Long.toString(child.pid()),
                                        "GC.class_histogram")));
        var total = TOTAL.matcher(said);
        if (!total.find()) {
            throw child.failure("jcmd does not tell its heap");
        }
        return Long.parseLong(total.group(1));
    }

    /// Bytes of memory that it holds; empty where there is no /proc.
    OptionalLong resident() throws IOException {
        var status = Path.of("/proc", Long.toString(child.pid()), "status");
        if (!Files.isReadable(status)) {
            return OptionalLong.empty();
        }
        var found = RESIDENT.matcher(Files.readString(status));
        return found.find()
                ? OptionalLong.of(Long.parseLong(found.group(1)) * 1024)
                : OptionalLong.empty();
    }

    @Override
    public void close() {
        child.close();
    }
}
