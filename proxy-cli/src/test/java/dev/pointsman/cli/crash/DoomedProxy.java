package dev.pointsman.cli.crash;

import dev.pointsman.admin.AdminPort;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.cutover.run.Step;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// A proxy with its admin port, in a process of its own, that kills itself when a step of a cutover
/// is passed. Waits for one line on its standard input, `FILE STEP PASSING`, before it starts, and
/// says `ready PORT ADMINPORT` then. It ends when its input does; with `NONE 0` only then.
final class DoomedProxy {
    private DoomedProxy() {}

    public static void main(String[] args) throws Exception {
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var order = orders.readLine();
        if (order == null) {
            return;
        }
        var words = order.split(" ", -1);
        var watch = killingAt(words[1], Integer.parseInt(words[2]));
        var config = ConfigFile.load(Path.of(words[0]));
        try (var proxy = Proxy.start(config, "doomed", watch);
                var admin = AdminPort.start(proxy, proxy.cutovers(), _ -> {})) {
            System.out.println("ready " + proxy.port() + " " + admin.port());
            while (orders.readLine() != null) {
                // nothing more is ordered
            }
        }
    }

    /// SIGKILL, from outside of this process: no hook runs, nothing is flushed.
    private static Step.Watch killingAt(String fatal, int passing) {
        var passed = new AtomicInteger();
        var ordered = new AtomicBoolean();
        return step -> {
            if (step == Step.CHECKED) {
                // What follows an earlier decision is repeated at start and passes steps, too.
                ordered.set(true);
            }
            if (ordered.get() && step.name().equals(fatal) && passed.incrementAndGet() == passing) {
                try {
                    new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid()))
                            .start()
                            .waitFor();
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException("this process could not be killed", e);
                }
                throw new IllegalStateException("this process outlived its death");
            }
        };
    }
}
