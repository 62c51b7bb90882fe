package dev.pointsman.admin;

import dev.pointsman.admin.command.AdminCommand.Stop;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.Settings;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.cutover.Cutovers;
import dev.pointsman.core.gate.Gates;
import dev.pointsman.core.listen.tls.TlsPort;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.migration.Migrations;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.server.name.Names;
import dev.pointsman.core.session.SessionRegistry;
import dev.pointsman.core.wire.Refused;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/// A started proxy, its cutovers, and the way to stop its process.
record ProxyControls(Proxy proxy, Cutovers cutovers, Settings settings, Consumer<Stop> stopper)
        implements Controls {
    @Override
    public Config config() {
        return proxy.config();
    }

    @Override
    public Gates gates() {
        return proxy.gates();
    }

    @Override
    public Routes routes() {
        return proxy.routes();
    }

    @Override
    public Pools pools() {
        return proxy.pools();
    }

    @Override
    public Names names() {
        return proxy.names();
    }

    @Override
    public SessionRegistry sessions() {
        return proxy.sessions();
    }

    @Override
    public boolean losesInSilence(String database) {
        return proxy.losesInSilence(database);
    }

    @Override
    public Migrations migrations() {
        return proxy.migrations();
    }

    @Override
    public TlsPort tls() {
        return proxy.adminTls();
    }

    @Override
    public Meter meter() {
        return proxy.meter();
    }

    @Override
    public List<String> reload() throws Refused {
        return settings.reload();
    }

    @Override
    public void set(String name, String value) throws Refused {
        settings.set(name, value);
    }

    @Override
    public boolean ready() {
        return !proxy.draining();
    }

    @Override
    public Instant started() {
        return proxy.started();
    }

    @Override
    public void stop(Stop how) {
        stopper.accept(how);
    }
}
