package dev.pointsman.admin.command.show;

import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Http;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.gate.Closer;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// What the configuration says.
final class SettingsViews {
    private final Controls controls;
    private final Config config;

    SettingsViews(Controls controls) {
        this.controls = controls;
        config = controls.config();
    }

    /// Settings of the whole proxy under their own names, those of a database under its name. No
    /// users, no passwords.
    void config(Rows.Builder rows) {
        limits(rows, "", config.limits(), Limits.defaults());
        row(rows, "listen_addr", config.listen().host(), "127.0.0.1");
        row(rows, "listen_port", Integer.toString(config.listen().port()), "6432");
        row(rows, "admin_addr", config.admin().host(), "127.0.0.1");
        row(rows, "admin_port", Integer.toString(config.admin().port()), "6433");
        row(rows, "http", http(), "off");
        row(rows, "state", config.state().toString(), "");
        row(rows, "auth_type", word(config.auth().type()), "scram-sha-256");
        row(rows, "log_level", config.log().level(), "info");
        row(rows, "shutdown_timeout", text(config.shutdownTimeout()), "25s");
        for (var database : config.databases().values()) {
            var prefix = "databases." + database.name() + ".";
            row(rows, prefix + "pool_mode", word(database.pool().mode()), "session");
            row(rows, prefix + "pool_size", Integer.toString(database.pool().size()), "50");
            row(rows, prefix + "serve", database.serve(), "");
            limits(rows, prefix, database.limits(), config.limits());
            records(rows, prefix + "cutover.", database.cutover(), CutoverSettings.defaults());
        }
    }

    private String http() {
        return switch (config.http()) {
            case Http.Off() -> "off";
            case Http.On(var host, var port) -> host + ":" + port;
        };
    }

    private static void limits(Rows.Builder rows, String prefix, Limits now, Limits usual) {
        records(rows, prefix, now, usual);
    }

    /// One row per component, under its name in the file.
    private static void records(Rows.Builder rows, String prefix, Record now, Record usual) {
        for (var component : now.getClass().getRecordComponents()) {
            var name = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            row(rows, prefix + name, text(read(component, now)), text(read(component, usual)));
        }
    }

    private static Object read(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Object value) {
        return switch (value) {
            case Duration time when time.toMillis() % 1_000 == 0 -> time.toSeconds() + "s";
            case Duration time -> time.toMillis() + "ms";
            case Enum<?> word -> word(word);
            default -> Objects.toString(value);
        };
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void row(Rows.Builder rows, String key, String value, String usual) {
        rows.row(Cell.of(key), Cell.of(value), Cell.orAbsent(usual), Cell.of("no"));
    }

    /// The serving server's row comes first, so that who looks for a name finds that one.
    void databases(Rows.Builder rows) {
        var connections = controls.pools().servers();
        var clients = controls.sessions().snapshot();
        for (var database : config.databases().values()) {
            var serving = controls.routes().current(database.name()).server();
            long connected =
                    clients.stream().filter(row -> row.database().equals(database.name())).count();
            var servers = new ArrayList<>(database.servers().values());
            servers.sort(Comparator.comparing(server -> !server.name().equals(serving)));
            for (var server : servers) {
                long open =
                        connections.stream()
                                .filter(row -> row.database().equals(database.name()))
                                .filter(row -> row.server().equals(server.name()))
                                .count();
                boolean serves = server.name().equals(serving);
                rows.row(database(database, server, new Use(open, connected, serves)));
            }
        }
    }

    private record Use(long servers, long clients, boolean serving) {}

    private List<Cell> database(Database database, Server server, Use use) {
        var closers = controls.gates().of(database.name()).closers();
        boolean paused = closers.stream().anyMatch(SettingsViews::pauses);
        boolean disabled = closers.stream().anyMatch(Closer.Disabled.class::isInstance);
        return List.of(
                Cell.of(database.name()),
                Cell.of(server.host()),
                Cell.of(server.port()),
                Cell.of(server.dbname()),
                Cell.ABSENT,
                Cell.of(database.pool().size()),
                Cell.of(0),
                Cell.of(0),
                Cell.of(0),
                Cell.of(database.limits().serverLifetime().toSeconds()),
                Cell.words(database.pool().mode()),
                Cell.ABSENT,
                Cell.of(0),
                Cell.of(use.servers()),
                Cell.of(database.limits().maxClientConn()),
                Cell.of(use.clients()),
                Cell.of(paused ? 1 : 0),
                Cell.of(disabled ? 1 : 0),
                Cell.of(server.name()),
                Cell.of(use.serving()));
    }

    private static boolean pauses(Closer closer) {
        return switch (closer) {
            case Closer.Pause _, Closer.Maintenance _, Closer.Cutover _, Closer.Undecided _ -> true;
            case Closer.Disabled _ -> false;
        };
    }

    void users(Rows.Builder rows) {
        var servers = controls.pools().servers();
        var clients = controls.sessions().snapshot();
        for (var user : config.users().values()) {
            rows.row(
                    Cell.of(user.name()),
                    Cell.ABSENT,
                    Cell.ABSENT,
                    Cell.ABSENT,
                    Cell.of(0),
                    Cell.of(servers.stream().filter(row -> row.user().equals(user.name())).count()),
                    Cell.of(0),
                    Cell.of(
                            clients.stream()
                                    .filter(row -> row.user().equals(user.name()))
                                    .count()));
        }
    }
}
