package dev.pointsman.cli.serve;

import dev.pointsman.admin.AdminPort;
import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.Release;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.Reloading;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Listen.Local;
import dev.pointsman.core.config.file.ConfigProblems;
import dev.pointsman.core.config.file.ConfigText;
import dev.pointsman.core.listen.local.SocketFile;
import dev.pointsman.core.listen.port.ListenPort;
import dev.pointsman.core.wire.Refused;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/// Runs the proxy and its admin port in the foreground until it is told to stop.
@Command(
        name = "serve",
        description = "Runs the proxy and its admin port in the foreground.",
        footer = {
            "It logs one line `ready` with the ports when clients can log in.",
            "SIGTERM ends idle sessions at once and the others after their transaction, at most",
            "after shutdown_timeout. SIGINT does the same without that limit; a second one ends",
            "them at once. SIGHUP reads the file anew, as RELOAD does. Exit code: 0 stopped,",
            "1 failed, 2 usage."
        })
public final class Serve implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(Serve.class);

    @Spec private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration file.")
    private Path file = Path.of("pointsman.yaml");

    @Override
    public Integer call() throws InterruptedException {
        ConfigText text;
        Config config;
        try {
            text = ConfigText.of(file);
            config = text.read();
        } catch (ConfigProblems e) {
            var err = spec.commandLine().getErr();
            e.problems().forEach(problem -> err.println(file + ": " + problem));
            err.flush();
            return ExitCode.USAGE.status();
        }
        ProcessLog.become(config.log());
        var stop = new StopSignal();
        stop.hear();
        try {
            lookAtPorts(config);
            OpenFiles.check(config);
            return serve(config, text, stop);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()));
        } catch (Refused e) {
            throw new CommandFailure(
                    ExitCode.FAILED, e.report().message() + ". " + e.report().hint());
        } finally {
            stop.done();
        }
    }

    private static void lookAtPorts(Config config) throws IOException {
        for (var port : ListenPort.of(config)) {
            port.mustBeFree();
        }
        var listen = config.listen();
        switch (listen.local()) {
            case Local.Off() -> {}
            case Local.Folder folder -> SocketFile.of(folder, listen.port()).mustBeFree();
        }
    }

    private int serve(Config config, ConfigText text, StopSignal stop)
            throws IOException, Refused, InterruptedException {
        try (var proxy = Proxy.start(config, Release.version())) {
            var taken = (Consumer<Config>) next -> ProcessLog.become(next.log());
            var reloading = new Reloading(proxy, file, text, taken);
            HangUp.reloads(reloading);
            serve(proxy, reloading, stop);
            return ExitCode.DONE.status();
        }
    }

    private static void serve(Proxy proxy, Reloading reloading, StopSignal stop)
            throws IOException, InterruptedException {
        try (var admin = AdminPort.start(proxy, proxy.cutovers(), reloading, stop::ask)) {
            log.atInfo()
                    .addKeyValue("listen", proxy.config().listen().host() + ":" + proxy.port())
                    .addKeyValue("admin", proxy.config().admin().host() + ":" + admin.port())
                    .addKeyValue("http_port", admin.httpPort())
                    .addKeyValue("version", Release.version())
                    .log("ready");
            stop.untilAsked();
            log.atInfo().addKeyValue("way", stop.way()).log("stopping");
            stop.carryOut(proxy);
        }
    }
}
