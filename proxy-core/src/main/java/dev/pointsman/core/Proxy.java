package dev.pointsman.core;

import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.cluster.StoredPasswords;
import dev.pointsman.core.cluster.backend.LostBackends;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.key.ConfigChange;
import dev.pointsman.core.cutover.Cutovers;
import dev.pointsman.core.cutover.LocalCutovers;
import dev.pointsman.core.cutover.Parts;
import dev.pointsman.core.cutover.after.SlotJob;
import dev.pointsman.core.cutover.journal.StateFolder;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.gate.Gates;
import dev.pointsman.core.listen.AdminDoor;
import dev.pointsman.core.listen.login.Servers;
import dev.pointsman.core.listen.tls.TlsPort;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.migration.Migrations;
import dev.pointsman.core.migration.Serving;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Route;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.server.name.Names;
import dev.pointsman.core.session.EndReason;
import dev.pointsman.core.session.SessionRegistry;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/// The proxy put together: builds its parts, starts, drains and closes them. Read this first.
///
/// Start: event loops, gates, routes and pools come up; who serves is settled; only then is the
/// client port opened, so that no client meets an undecided route. Stop: [#drain], then [#close].
public final class Proxy implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Proxy.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Instant started = Instant.now();
    private volatile Config config;
    private final Meter meter;
    private final DataPath path;
    private final Gauges gauges;
    private final Clusters clusters;
    private final LostBackends lostBackends;
    private final Openings openings;
    private final StoredPasswords passwords;
    private final Migrations migrations;
    private final TlsPort adminTls =
            new TlsPort(() -> config().admin().tls(), List.of(TlsPort.POSTGRESQL, TlsPort.HTTP));
    private final StateFolder state;
    private final Certificates certificates = new Certificates(this::config);
    private final LocalCutovers cutovers;
    private final ClientPort listener;

    private Proxy(Config config, String version, StateFolder state, Step.Watch watch)
            throws IOException, Refused {
        this.config = config;
        this.state = state;
        meter = new Meter(version);
        path = new DataPath(this::config, meter);
        gauges = new Gauges(path);
        clusters = new Clusters(state.instance(), config.databases());
        lostBackends = new LostBackends(clusters);
        path.backends(lostBackends::awaitGone);
        migrations = new Migrations(clusters, this::serving, this::mayAct);
        passwords = new StoredPasswords(state.instance());
        path.users(this::find);
        openings = new Openings(this::config, state.instance(), this::open);
        path.opener(openings::open);
        cutovers = LocalCutovers.open(parts(version, watch));
        try {
            cutovers.settle();
            Thread.ofVirtual().name("migrations").start(migrations::resume);
            migrations.publish(meter);
            gauges.start(config.databases().values());
            adminTls.prepare(config.admin().tls());
            certificates.start(meter);
            listener = path.listen();
        } catch (IOException | Refused | RuntimeException e) {
            closeAllButTheListener();
            throw e;
        }
        log.atInfo()
                .addKeyValue("transport", path.transport().name())
                .addKeyValue("loops", path.loopCount())
                .addKeyValue("port", listener.port())
                .log("listening for clients");
    }

    private Parts parts(String version, Step.Watch watch) {
        return new Parts(
                state,
                clusters,
                path.gates(),
                path.pools(),
                path.opener().fenced(),
                path.routes(),
                new SessionClients(path.sessions()),
                meter,
                new SlotJob() {
                    @Override
                    public void stop(String database) {
                        migrations.stopAdvancing(database);
                    }

                    @Override
                    public void resume(String database) {
                        migrations.resumeAdvancing(database);
                    }
                },
                version,
                watch);
    }

    /// Starts a proxy; returns once clients can log in.
    ///
    /// @throws IOException when the client port cannot be opened; the message says which
    /// @throws Refused when the state folder is in use or its journal is damaged
    public static Proxy start(Config config, String version) throws IOException, Refused {
        return start(config, version, Step.Watch.NONE);
    }

    /// The same, with somebody who is told each step of each cutover.
    public static Proxy start(Config config, String version, Step.Watch watch)
            throws IOException, Refused {
        var state = StateFolder.open(config.state());
        try {
            return new Proxy(config, version, state, watch);
        } catch (IOException | Refused | RuntimeException e) {
            state.close();
            throw e;
        }
    }

    public Instant started() {
        return started;
    }

    public Config config() {
        return config;
    }

    /// Takes another configuration over while clients go on: all of it, or, when any part needs a
    /// restart, none. Passwords, limits and settings of cutovers count from now on, connections to
    /// servers whose settings changed are replaced as they come back, new databases are let in once
    /// it is settled who serves them. Returns the keys that changed. Slow.
    ///
    /// @throws Refused 55P02 naming what needs a restart, 55006 while a cutover holds a database
    ///   whose servers would change
    public synchronized List<String> reconfigure(Config read) throws Refused {
        var before = config;
        var next = read.keeping(before);
        var change =
                ConfigChange.between(before, next, database -> routes().current(database).server());
        if (!change.fixed().isEmpty()) {
            throw new Refused(
                    SqlState.CANT_CHANGE_RUNTIME_PARAM,
                    String.join("; ", change.fixed()),
                    "Nothing was changed. Undo this in the file, or restart the proxy with it.");
        }
        path.prepare(next);
        adminTls.prepare(next.admin().tls());
        cutovers.whileStill(change.reconnected(), () -> takeOver(before, next, change));
        return change.changed();
    }

    /// Takes in a database that the wildcard leads to, as [#reconfigure] does one that a file
    /// names. Completes when it is settled who serves, or known what that waits for.
    private synchronized CompletableFuture<Void> open(Database database) throws Refused {
        var before = config;
        if (before.databases().containsKey(database.name())) {
            return CompletableFuture.completedFuture(null);
        }
        Openings.requireRoom(before, database);
        return takeOver(before, before.opening(database), ConfigChange.opening(database.name()));
    }

    /// Clients of a database that is new come in once its gate is closed, which opens when it is
    /// settled who serves. Completes when that is so of all, or it is known what it waits for.
    private CompletableFuture<Void> takeOver(Config before, Config next, ConfigChange change) {
        var added = change.added().stream().map(next::database).toList();
        added.forEach(path::add);
        clusters.reconfigure(next.databases());
        var settling = added.stream().map(cutovers::add).toArray(CompletableFuture<?>[]::new);
        if (!added.isEmpty()) {
            path.awaitLoops();
        }
        config = next;
        certificates.look();
        for (var database : added) {
            gauges.add(database);
            migrations.add(database.name());
        }
        for (var name : change.reconnected()) {
            path.reconnect(before, next, name);
            gauges.add(before.database(name), next.database(name));
        }
        return CompletableFuture.allOf(settling);
    }

    public Meter meter() {
        return meter;
    }

    public Gates gates() {
        return path.gates();
    }

    public Routes routes() {
        return path.routes();
    }

    public Pools pools() {
        return path.pools();
    }

    /// The addresses of the servers' host names.
    public Names names() {
        return path.opener().names();
    }

    public SessionRegistry sessions() {
        return path.sessions();
    }

    public Clusters clusters() {
        return clusters;
    }

    public Migrations migrations() {
        return migrations;
    }

    public Cutovers cutovers() {
        return cutovers;
    }

    /// Whether the servers of a database do not answer the question whether processes of theirs,
    /// whose connections were lost in mid-transaction, have ended.
    public boolean losesInSilence(String database) {
        return lostBackends.isSilent(database);
    }

    /// The client port, also when the system chose it.
    public int port() {
        return listener.port();
    }

    /// How the admin port encrypts.
    public TlsPort adminTls() {
        return adminTls;
    }

    /// Lets admin users in through the client port.
    public void adminDoor(AdminDoor door) {
        path.door().adminDoor(door);
    }

    /// Whether a stop has begun: new logins are refused.
    public boolean draining() {
        return path.door().draining();
    }

    /// Refuses new logins and ends every session that is not inside, with 57P01; waits until the
    /// others have finished their transactions, at most this long, and ends the rest. True: nobody
    /// was cut off.
    public boolean drain(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        return drain(() -> System.nanoTime() >= end);
    }

    /// The same until `patienceIsOver`, which is asked many times a second.
    public boolean drain(BooleanSupplier patienceIsOver) throws InterruptedException {
        path.door().drain();
        while (sessions().count() > 0 && !patienceIsOver.getAsBoolean()) {
            sessions().killIdle(EndReason.SHUTDOWN);
            Thread.sleep(LOOK_AGAIN);
        }
        boolean all = sessions().count() == 0;
        sessions().killAll("", EndReason.SHUTDOWN).join();
        return all;
    }

    /// Refuses new logins and waits until every client has left by itself, or until
    /// `patienceIsOver`. True: all have left.
    public boolean awaitClients(BooleanSupplier patienceIsOver) throws InterruptedException {
        path.door().drain();
        while (sessions().count() > 0 && !patienceIsOver.getAsBoolean()) {
            Thread.sleep(LOOK_AGAIN);
        }
        return sessions().count() == 0;
    }

    /// Closes everything at once.
    @Override
    public void close() {
        listener.close();
        closeAllButTheListener();
        state.close();
    }

    private void closeAllButTheListener() {
        certificates.close();
        openings.close();
        gauges.close();
        cutovers.close();
        migrations.close();
        path.close();
        lostBackends.close();
        clusters.close();
        passwords.close();
        meter.close();
    }

    private Servers.Found find(Database database, String server, String user) {
        try {
            return passwords
                    .find(database, server, config.auth().lookup(), user)
                    .<Servers.Found>map(Servers.Found.Stored::new)
                    .orElseGet(Servers.Found.Nobody::new);
        } catch (SQLException _) {
            return new Servers.Found.Silent(
                    ErrorReport.fatal(
                                    SqlState.CANNOT_CONNECT_NOW,
                                    "the password of user \"%s\" cannot be looked up now"
                                            .formatted(user))
                            .withHint("Try again; the proxy's log says why."));
        }
    }

    private boolean mayAct(String database) {
        return !path.gates().of(database).isUndecided() && cutovers.isAlone(database);
    }

    private Serving.Served serving(String database) {
        Route route = routes().current(database);
        return new Serving.Served(route.server(), route.epoch());
    }
}
