package dev.pointsman.admin.console;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.AdminCommand;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.operate.DriverStatement;
import dev.pointsman.admin.command.parse.SessionStatements;
import dev.pointsman.admin.http.HttpProbe;
import dev.pointsman.admin.http.Pages;
import dev.pointsman.admin.port.Door;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Column;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.config.Admin.AdminUser;
import dev.pointsman.core.config.Admin.Role;
import dev.pointsman.core.config.Config.Log.Audit;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.tls.PortTls;
import dev.pointsman.core.listen.port.ListenPort;
import dev.pointsman.core.listen.port.ListenPort.Whom;
import dev.pointsman.core.listen.tls.TlsPort;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.auth.ScramVerifier;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

/// An admin port whose commands are scripted: the console and the HTTP side without a proxy behind.
final class ConsoleFixture implements AutoCloseable, Pages.Source {
    static final Instant AT = Instant.parse("2026-02-03T04:05:06.000789Z");
    static final List<Column> COLUMNS =
            Column.list("word small:int4 large:int8 took_ms:numeric at:timestamptz flag:bool none");

    final CountDownLatch waiting = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);
    final CountDownLatch mayEnd = new CountDownLatch(1);
    final CountDownLatch ended = new CountDownLatch(1);
    final int port;
    private final Door door;

    ConsoleFixture(Path audit, Duration loginTimeout) throws IOException {
        var users = new LinkedHashMap<String, AdminUser>();
        users.put("operator", new AdminUser("operator", new Secret.Clear("secret"), Role.ADMIN));
        users.put(
                "keeper",
                new AdminUser(
                        "keeper",
                        new Secret.ScramVerifier(ScramVerifier.of("kept").text()),
                        Role.ADMIN));
        users.put("grafana", new AdminUser("grafana", new Secret.Clear("look"), Role.STATS));
        users.put("open", new AdminUser("open", new Secret.Absent(), Role.ADMIN));
        var consoles =
                new Consoles(
                        () -> Map.copyOf(users),
                        this::action,
                        new AuditLog(() -> new Audit.File(audit), Clock.systemUTC()));
        var pages = new Pages(this);
        door = new Door(loginTimeout, new TlsPort(() -> PortTls.OFF));
        port =
                door.listen(
                        new ListenPort(Whom.OPERATORS, "127.0.0.1", 0),
                        new Door.Protocols(
                                consoles::begin,
                                (channel, deadline) -> HttpProbe.serve(channel, pages, deadline)),
                        false);
    }

    private Action action(AdminCommand command) {
        return switch (command) {
            case AdminCommand.Show _ -> new Shown();
            case AdminCommand.Pause _ -> this::pause;
            case AdminCommand.CutoverTo _ -> this::cutover;
            case AdminCommand.Kill _ ->
                    _ -> {
                        throw new Refused(
                                SqlState.OBJECT_IN_USE, "busy with cutover 7", "Wait for it.");
                    };
            case AdminCommand.Reload _ ->
                    _ -> {
                        throw new IllegalStateException("planted");
                    };
            case AdminCommand.Constant(var column, var value) ->
                    DriverStatement.constant(column, value);
            case AdminCommand.ShowSetting(var name) ->
                    DriverStatement.setting(name, SessionStatements.valueOf(name));
            case AdminCommand.Transaction(var boundary) ->
                    new DriverStatement.Done(boundary.name());
            case AdminCommand.SetSession _ -> new DriverStatement.Done("SET");
            default -> _ -> Rows.done("DONE");
        };
    }

    private Rows pause(Caller caller) throws Refused, InterruptedException {
        try {
            return caller.attention()
                    .interrupting(
                            () -> {
                                waiting.countDown();
                                mayEnd.await();
                                return Rows.done("PAUSE");
                            });
        } catch (InterruptedException stopped) {
            interrupted.countDown();
            throw stopped;
        } catch (Exception fault) {
            throw new IllegalStateException(fault);
        }
    }

    private Rows cutover(Caller caller) throws InterruptedException {
        try {
            return caller.attention()
                    .cancelling(
                            interrupted::countDown,
                            () -> {
                                caller.notice("hold begins");
                                waiting.countDown();
                                mayEnd.await();
                                ended.countDown();
                                return Rows.done("CUTOVER");
                            });
        } catch (InterruptedException stopped) {
            throw stopped;
        } catch (Exception fault) {
            throw new IllegalStateException(fault);
        }
    }

    private record Shown() implements Action {
        @Override
        public List<Column> columns() {
            return COLUMNS;
        }

        @Override
        public Rows run(Caller caller) {
            var rows = Rows.under(COLUMNS);
            for (int i = 0; i < 3; i++) {
                rows.row(
                        Cell.of("word " + i),
                        Cell.of(i),
                        Cell.of(1L << 40),
                        new Cell.Decimal(new BigDecimal("12.346")),
                        Cell.of(AT),
                        Cell.of(true),
                        Cell.ABSENT);
            }
            return rows.build("SHOW");
        }
    }

    Connection connect(String user, String password, String... options) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        for (int i = 0; i < options.length; i += 2) {
            properties.setProperty(options[i], options[i + 1]);
        }
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:"
                        + port
                        + "/"
                        + properties.getOrDefault("db", "pointsman"),
                properties);
    }

    @Override
    public String metrics() {
        return "pointsman_build_info 1\n";
    }

    @Override
    public Pages.Health alive() {
        return new Pages.Health.Good();
    }

    @Override
    public Pages.Health ready() {
        return new Pages.Health.Bad("draining");
    }

    @Override
    public String status() {
        return "{}";
    }

    @Override
    public void close() {
        mayEnd.countDown();
        door.close();
    }
}
