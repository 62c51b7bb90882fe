package dev.pointsman.admin.command.show;

import dev.pointsman.admin.command.ConsoleVersion;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.Grammar;
import dev.pointsman.admin.command.View;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.server.name.Names;
import dev.pointsman.core.session.SessionState;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.net.InetAddress;
import java.util.stream.Collectors;

/// The process as a whole.
final class ProcessViews {
    private final Controls controls;

    ProcessViews(Controls controls) {
        this.controls = controls;
    }

    void lists(Rows.Builder rows) {
        var clients = controls.sessions().snapshot();
        var servers = controls.pools().servers();
        var pools = controls.pools().pools();
        long idle = servers.stream().filter(row -> row.state().equals("idle")).count();
        count(rows, "databases", controls.config().databases().size());
        count(rows, "users", controls.config().users().size());
        count(rows, "peers", 0);
        count(rows, "pools", pools.size());
        count(rows, "peer_pools", 0);
        count(rows, "free_clients", 0);
        count(
                rows,
                "used_clients",
                clients.stream().filter(row -> row.state() != SessionState.ENDED).count());
        count(rows, "login_clients", 0);
        count(rows, "free_servers", idle);
        count(rows, "used_servers", servers.size() - idle);
        count(rows, "dns_names", controls.names().rows().size());
        count(rows, "dns_zones", 0);
        count(rows, "dns_queries", controls.names().lookups());
        count(rows, "dns_pending", controls.names().pending());
    }

    void names(Rows.Builder rows) {
        for (var name : controls.names().rows()) {
            rows.row(
                    Cell.of(name.host()),
                    Cell.of(Names.seconds(name.ttl())),
                    Cell.of(
                            name.addresses().stream()
                                    .map(InetAddress::getHostAddress)
                                    .collect(Collectors.joining(","))));
        }
    }

    private static void count(Rows.Builder rows, String what, long items) {
        rows.row(Cell.of(what), Cell.of(items));
    }

    void state(Rows.Builder rows) {
        boolean suspended = allClosedBy(Closer.Suspended.class);
        boolean paused = !suspended && allClosedBy(Closer.Pause.class);
        yesNo(rows, "active", !paused && !suspended);
        yesNo(rows, "paused", paused);
        yesNo(rows, "suspended", suspended);
    }

    private boolean allClosedBy(Class<? extends Closer> kind) {
        return controls.gates().all().stream()
                .allMatch(gate -> gate.closers().stream().anyMatch(kind::isInstance));
    }

    private static void yesNo(Rows.Builder rows, String key, boolean value) {
        rows.row(Cell.of(key), Cell.of(value ? "yes" : "no"));
    }

    static void memory(Rows.Builder rows) {
        var memory = ManagementFactory.getMemoryMXBean();
        area(rows, "heap", memory.getHeapMemoryUsage());
        area(rows, "non_heap", memory.getNonHeapMemoryUsage());
        for (var buffers : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            area(
                    rows,
                    "buffers_" + buffers.getName().replaceAll("[^a-z]+", "_"),
                    new MemoryUsage(
                            0,
                            buffers.getMemoryUsed(),
                            Math.max(buffers.getMemoryUsed(), buffers.getTotalCapacity()),
                            -1));
        }
    }

    private static void area(Rows.Builder rows, String name, MemoryUsage usage) {
        rows.row(
                Cell.of(name),
                Cell.of(1),
                Cell.of(usage.getUsed()),
                Cell.of(usage.getCommitted() - usage.getUsed()),
                Cell.of(usage.getCommitted()));
    }

    static void version(Rows.Builder rows) {
        rows.row(Cell.of(ConsoleVersion.TEXT));
    }

    static void help(Rows.Builder rows) {
        for (var form : Grammar.values()) {
            rows.row(Cell.of(form.syntax()), Cell.of(form.effect()));
        }
        for (var view : View.values()) {
            rows.row(
                    Cell.of("SHOW " + view.word() + (view.takesDatabase() ? " [db]" : "")),
                    Cell.of(view.effect()));
        }
    }
}
