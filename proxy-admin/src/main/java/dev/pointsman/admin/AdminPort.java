package dev.pointsman.admin;

import dev.pointsman.admin.command.AdminCommand.Stop;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.operate.Closures;
import dev.pointsman.admin.console.AuditLog;
import dev.pointsman.admin.console.Consoles;
import dev.pointsman.admin.http.HttpProbe;
import dev.pointsman.admin.http.Pages;
import dev.pointsman.admin.port.Deadline;
import dev.pointsman.admin.port.Door;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.Settings;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Http;
import dev.pointsman.core.cutover.Cutovers;
import dev.pointsman.core.listen.port.ListenPort;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.channel.Channel;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/// The way in for operators: one port that speaks the PostgreSQL protocol and HTTP, and the
/// optional second one for HTTP alone.
public final class AdminPort implements AutoCloseable {
    private static final int NONE = 0;

    private final Door door;
    private final Consoles consoles;
    private final Duration loginTimeout;
    private final int port;
    private final int httpPort;

    private AdminPort(Door door, Consoles consoles, Controls controls, Ports ports) {
        this.door = door;
        this.consoles = consoles;
        loginTimeout = controls.config().limits().clientLoginTimeout();
        port = ports.admin();
        httpPort = ports.http();
    }

    private record Ports(int admin, int http) {}

    /// As the next one, for a proxy whose settings came from no file: RELOAD and SET are refused.
    public static AdminPort start(Proxy proxy, Cutovers cutovers, Consumer<Stop> stopper)
            throws IOException {
        return start(proxy, cutovers, Settings.FIXED, stopper);
    }

    /// Listens at the addresses of the configuration, and lets admin users in through the client
    /// port of the proxy as well.
    ///
    /// @param settings carries out RELOAD and SET
    /// @param stopper begins to stop the process, and returns
    /// @throws IOException with the address and what to do, when one of them cannot be had
    public static AdminPort start(
            Proxy proxy, Cutovers cutovers, Settings settings, Consumer<Stop> stopper)
            throws IOException {
        var port = start(new ProxyControls(proxy, cutovers, settings, stopper));
        proxy.adminDoor(port::accept);
        return port;
    }

    /// Listens at the addresses of the configuration.
    ///
    /// @throws IOException with the address and what to do, when one of them cannot be had; nothing
    ///   is left open then
    public static AdminPort start(Controls controls) throws IOException {
        var config = controls.config();
        var closures = new Closures();
        var commands = new Commands(controls, closures);
        var audit = new AuditLog(() -> controls.config().log().audit(), Clock.systemUTC());
        var consoles =
                new Consoles(() -> controls.config().admin().users(), commands::action, audit);
        var pages = new Pages(new ProxyPages(controls, closures));
        var protocols =
                new Door.Protocols(
                        consoles::begin,
                        (channel, deadline) -> HttpProbe.serve(channel, pages, deadline));
        var door = new Door(config.limits().clientLoginTimeout(), controls.tls());
        try {
            return new AdminPort(door, consoles, controls, listen(door, config, protocols));
        } catch (IOException failure) {
            door.close();
            throw failure;
        }
    }

    private static Ports listen(Door door, Config config, Door.Protocols protocols)
            throws IOException {
        int port = door.listen(ListenPort.of(config.admin()), protocols, false);
        return switch (config.http()) {
            case Http.Off() -> new Ports(port, NONE);
            case Http.On http -> new Ports(port, door.listen(ListenPort.of(http), protocols, true));
        };
    }

    /// Where the admin port listens.
    public int port() {
        return port;
    }

    /// Where the second port listens; 0 when there is none.
    public int httpPort() {
        return httpPort;
    }

    /// Takes over a connection from the client port that asks for a console database.
    public void accept(Channel channel, StartupPacket.Startup startup) {
        consoles.begin(channel, new Deadline(channel, loginTimeout), startup);
    }

    /// Ends every console session and stops listening. Running commands go on to their end.
    @Override
    public void close() {
        door.close();
    }
}
