package dev.pointsman.cli.bench.pause;

import dev.pointsman.cli.demo.EmbeddedServer;
import dev.pointsman.cli.demo.site.Pair;
import dev.pointsman.cli.load.Address;
import dev.pointsman.cli.load.LoadTables;
import dev.pointsman.cli.load.Recording;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/// The switch that a careful operator scripts around PgBouncer: every connection is open
/// beforehand, then PAUSE, a marker, wait for it, the sequences, RELOAD, RESUME. It proves less
/// than ours: it trusts that nobody writes past the proxy, keeps no record, and fences nothing.
final class BouncerArm implements Arm {
    private static final Duration AFTERMATH = Duration.ofMillis(250);

    private final String database;
    private final LoadTables tables;
    private final Bouncer bouncer;
    private final BouncerConsole console;
    private EmbeddedServer source;
    private EmbeddedServer target;
    private boolean replicating;

    BouncerArm(Pair pair, String database, LoadTables tables, int size)
            throws SQLException, IOException, InterruptedException {
        this.database = database;
        this.tables = tables;
        this.source = pair.server(Pair.BLUE);
        this.target = pair.server(Pair.GREEN);
        for (var server : new EmbeddedServer[] {source, target}) {
            server.execute(database, "CREATE TABLE marker (id int PRIMARY KEY, value bigint)");
        }
        source.execute(database, "INSERT INTO marker VALUES (1, 0)");
        this.bouncer = Bouncer.start(pair.application(source, database), size);
        this.console = bouncer.console();
    }

    @Override
    public String name() {
        return "pgbouncer script";
    }

    @Override
    public Address address() {
        return bouncer.clients();
    }

    /// Turns the replication round: the server that was left is emptied and copied anew, since
    /// nothing has told it what was written after the switch. Nobody works meanwhile.
    @Override
    public void prepare() throws SQLException, InterruptedException {
        if (replicating) {
            source.execute(database, "DROP SUBSCRIPTION script");
            target.execute(database, "DROP PUBLICATION script");
            target.execute(database, emptying(tables.schema()));
        }
        source.execute(database, "CREATE PUBLICATION script FOR ALL TABLES");
        target.execute(
                database,
                "CREATE SUBSCRIPTION script CONNECTION 'host=%s port=%d user=%s dbname=%s' PUBLICATION script"
                        .formatted(
                                EmbeddedServer.HOST,
                                source.port(),
                                EmbeddedServer.SUPERUSER,
                                database));
        replicating = true;
        try (var there = target.connect(database);
                var here = source.connect(database)) {
            while (one(there, "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate <> 'r'")
                    > 0) {
                Thread.sleep(AFTERMATH);
            }
            mark(here, there);
        }
    }

    @Override
    public Pause cross(Recording recording) throws SQLException, IOException, InterruptedException {
        try (var here = source.connect(database);
                var there = target.connect(database)) {
            bouncer.leadTo(target.port());
            recording.worst();
            long begun = System.nanoTime();
            console.run("PAUSE");
            mark(here, there);
            copySequences(here, there);
            console.run("RELOAD");
            console.run("RESUME");
            long held = System.nanoTime() - begun;
            Thread.sleep(AFTERMATH);
            var switched = target;
            target = source;
            source = switched;
            return new Pause(held / 1e6, recording.worst());
        }
    }

    private static void mark(Connection here, Connection there) throws SQLException {
        long marker = one(here, "UPDATE marker SET value = value + 1 RETURNING value");
        while (one(there, "SELECT value FROM marker") != marker) {
            Thread.onSpinWait();
        }
    }

    private void copySequences(Connection here, Connection there) throws SQLException {
        var in = tables.schema();
        try (var statement = here.createStatement();
                var row =
                        statement.executeQuery(
                                "SELECT e.last_value, p.last_value FROM %1$s.event_id_seq e, %1$s.purchase_number p"
                                        .formatted(in))) {
            row.next();
            try (var set = there.createStatement()) {
                set.execute(
                        "SELECT setval('%1$s.event_id_seq', %2$d), setval('%1$s.purchase_number', %3$d)"
                                .formatted(in, row.getLong(1), row.getLong(2)));
            }
        }
    }

    private static long one(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : -1;
        }
    }

    @Override
    public void close() {
        console.close();
        bouncer.close();
    }

    private static String emptying(String schema) {
        return """
        DO $$ DECLARE every text; BEGIN
          SELECT string_agg(c.oid::regclass::text, ', ') INTO every FROM pg_class c
           WHERE c.relkind = 'r' AND c.relnamespace IN ('%s'::regnamespace, 'public'::regnamespace);
          EXECUTE 'TRUNCATE ' || every;
        END $$\
        """
                .formatted(schema);
    }
}
