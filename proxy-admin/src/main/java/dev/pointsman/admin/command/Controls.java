package dev.pointsman.admin.command;

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

/// The running proxy as commands see it.
public interface Controls {
    Config config();

    Gates gates();

    Routes routes();

    Pools pools();

    /// The addresses of the servers' host names.
    Names names();

    SessionRegistry sessions();

    Migrations migrations();

    Cutovers cutovers();

    Meter meter();

    /// How the admin port encrypts.
    TlsPort tls();

    /// Reads the configuration file anew and takes it over; returns the keys that changed.
    ///
    /// @throws Refused with every reason why not; nothing is changed then
    List<String> reload() throws Refused;

    /// Sets one setting, under the name that SHOW CONFIG gives it.
    ///
    /// @throws Refused when there is no such setting, or not with such a value, or not without a
    ///   restart
    void set(String name, String value) throws Refused;

    /// Whether a database's servers do not answer the question whether processes of theirs, whose
    /// connections were lost in mid-transaction, have ended.
    boolean losesInSilence(String database);

    /// Whether clients can log in: no longer while draining for a stop.
    boolean ready();

    /// When the proxy was started.
    Instant started();

    /// Begins to stop the process in the way asked for, and returns.
    void stop(AdminCommand.Stop how);
}
