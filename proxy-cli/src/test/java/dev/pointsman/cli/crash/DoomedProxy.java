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

/// A proxy with its admin port, in a process of its own, that kills itself when a step of a cutover
/// is passed. Waits for one line on its standard input, a configuration file, before it starts, and
/// says `ready PORT ADMINPORT` then. Each further line is the step to die of, which it repeats once
/// it knows. It ends when its input does.
final class DoomedProxy {
    private static volatile String fatal = "";
    private static volatile boolean ordered;

    private DoomedProxy() {}

    public static void main(String[] args) throws Exception {
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var file = orders.readLine();
        if (file == null) {
            return;
        }
        var config = ConfigFile.load(Path.of(file));
        try (var proxy = Proxy.start(config, "doomed", DoomedProxy::passed);
                var admin = AdminPort.start(proxy, proxy.cutovers(), _ -> {})) {
            System.out.println("ready " + proxy.port() + " " + admin.port());
            for (var line = orders.readLine(); line != null; line = orders.readLine()) {
                ordered = false;
                fatal = line;
                System.out.println(line);
            }
        }
    }

    /// SIGKILL, from outside of this process: no hook runs, nothing is flushed.
    private static void passed(Step step) {
        if (step == Step.CHECKED) {
            // What follows an earlier decision is repeated at start and passes steps, too.
            ordered = true;
        }
        if (ordered && step.name().equals(fatal)) {
            try {
                new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid()))
                        .start()
                        .waitFor();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException("this process could not be killed", e);
            }
            throw new IllegalStateException("this process outlived its death");
        }
    }
}
