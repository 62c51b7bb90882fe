package dev.pointsman.admin;

import com.fasterxml.jackson.jr.ob.JSON;

import dev.pointsman.admin.command.ConsoleVersion;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.operate.Closures;
import dev.pointsman.admin.command.show.RouteViews;
import dev.pointsman.admin.http.Pages;
import dev.pointsman.core.cutover.Running;
import dev.pointsman.core.cutover.report.Report;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What HTTP says about the running proxy. Asks no server.
final class ProxyPages implements Pages.Source {
    private static final long RESPOND_SECONDS = 2;

    private final Controls controls;
    private final RouteViews routes;

    ProxyPages(Controls controls, Closures closures) {
        this.controls = controls;
        routes = new RouteViews(controls, closures);
    }

    @Override
    public String metrics() {
        return controls.meter().scrape();
    }

    /// Every event loop has to answer a question; that this runs at all shows the control path.
    @Override
    public Pages.Health alive() {
        var answer = new CompletableFuture<Integer>();
        Thread.ofVirtual().start(() -> answer.complete(controls.pools().pools().size()));
        try {
            answer.get(RESPOND_SECONDS, TimeUnit.SECONDS);
            return new Pages.Health.Good();
        } catch (TimeoutException _) {
            return new Pages.Health.Bad(
                    "an event loop has not answered for " + RESPOND_SECONDS + " s");
        } catch (ExecutionException failure) {
            return new Pages.Health.Bad("an event loop does not answer: " + failure.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Pages.Health.Bad("interrupted");
        }
    }

    @Override
    public Pages.Health ready() {
        return controls.ready()
                ? new Pages.Health.Good()
                : new Pages.Health.Bad("clients cannot log in: not started or draining");
    }

    @Override
    public String status() {
        var status = new LinkedHashMap<String, Object>();
        status.put("version", ConsoleVersion.NUMBER);
        status.put("started", controls.started().toString());
        status.put("ready", controls.ready());
        status.put("clients", controls.sessions().count());
        status.put(
                "databases",
                controls.config().databases().keySet().stream().map(this::database).toList());
        try {
            return JSON.std.asString(status) + "\n";
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Map<String, Object> database(String name) {
        var route = controls.routes().current(name);
        var counts = controls.gates().of(name).counts();
        var row = new LinkedHashMap<String, Object>();
        row.put("name", name);
        row.put("server", route.server());
        row.put("epoch", route.epoch());
        row.put("since", route.since().toString());
        row.put("state", routes.state(name).name().toLowerCase(Locale.ROOT));
        row.put("inside", counts.inside());
        row.put("waiting", counts.waiting());
        row.put("held_bytes", counts.heldBytes());
        controls.cutovers().running(name).ifPresent(run -> row.put("cutover", running(run)));
        last(name, controls.cutovers().reports(), row);
        return row;
    }

    private static Map<String, Object> running(Running run) {
        var row = new LinkedHashMap<String, Object>();
        row.put("id", run.subject().id());
        row.put("target", run.subject().target());
        row.put("phase", run.stage().word());
        row.put("since", run.since().toString());
        row.put("dry_run", run.asked().dryRun());
        return row;
    }

    private static void last(String name, List<Report> reports, Map<String, Object> row) {
        reports.reversed().stream()
                .filter(report -> report.subject().databases().contains(name))
                .findFirst()
                .ifPresent(
                        report -> {
                            var last = new LinkedHashMap<String, Object>();
                            last.put("id", report.subject().id());
                            last.put("source", report.subject().source());
                            last.put("target", report.subject().target());
                            last.put("outcome", report.ending().outcome().word());
                            last.put("pause_ms", report.pauseMs());
                            row.put("last_cutover", last);
                        });
    }
}
