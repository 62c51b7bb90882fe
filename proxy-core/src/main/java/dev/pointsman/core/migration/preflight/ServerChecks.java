package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.platform.Platform;
import dev.pointsman.core.migration.platform.Platform.Takes;
import dev.pointsman.core.migration.schema.PgDump;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What the servers as a whole must be able to do.
final class ServerChecks {
    private static final String RIGHTS = "rights";
    private static final int OLDEST = 13;
    private static final int SLOTS_NEEDED = 2;

    /// Whether a way back waits on a server: it subscribes there, and is enabled by the cutover.
    private static final String SUBSCRIBES =
            """
            SELECT EXISTS (SELECT FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
                            WHERE d.datname = current_database()
                              AND s.subname LIKE 'pointsman\\_%')\
            """;

    private ServerChecks() {}

    static List<Looking> all() {
        return List.of(
                Looking.target("same-server", ServerChecks::sameServer),
                Looking.source("version", ServerChecks::versions),
                Looking.source("wal-level", ServerChecks::walLevel),
                Looking.source("senders", ServerChecks::senders),
                Looking.source("slots", ServerChecks::slots),
                Looking.target("workers", ServerChecks::workers),
                Looking.source(RIGHTS, ServerChecks::rights),
                Looking.source(RIGHTS, ServerChecks::replication).ofCutover(),
                Looking.target("recovery", ServerChecks::recovery),
                Looking.source("fsync", ServerChecks::fsync).ofCutover(),
                Looking.source("slot-wal", ServerChecks::slotWal),
                Looking.source("plpgsql", ServerChecks::plpgsql),
                Looking.target("pg-dump", ServerChecks::pgDump));
    }

    private static void sameServer(Subject subject, Findings rows) {
        if (subject.isSameDatabase()) {
            rows.unsafe(
                    "same-server",
                    subject.target(),
                    "source and target are the same database of the same server",
                    "Mend host, port or dbname of one of them in the configuration.");
        } else {
            rows.pass("same-server", subject.target(), "two different databases");
        }
    }

    private static void versions(Subject subject, Findings rows) {
        var from = subject.sourceFacts().major();
        var to = subject.targetFacts().major();
        if (Math.min(from, to) < OLDEST) {
            rows.unsafe(
                    "version",
                    from < OLDEST ? subject.source() : subject.target(),
                    "PostgreSQL " + Math.min(from, to) + " is older than " + OLDEST,
                    "Upgrade it first.");
        } else if (from > to) {
            rows.warn(
                    "version",
                    subject.target(),
                    "the target (" + to + ") is older than the source (" + from + ")",
                    "Check that the application uses nothing that is new in " + from + ".");
        } else {
            rows.pass("version", subject.target(), from + " to " + to);
        }
    }

    private static void walLevel(Subject subject, Findings rows) {
        for (var cluster : subject.both()) {
            var level = subject.facts(cluster).setting("wal_level");
            if (level.equals("logical")) {
                rows.pass("wal-level", cluster, "wal_level is logical");
            } else {
                rows.unsafe(
                        "wal-level",
                        cluster,
                        "wal_level is "
                                + level
                                + (cluster == subject.target()
                                        ? ", so there could be no way back"
                                        : ", so nothing can be replicated"),
                        mendSetting(subject, cluster, "wal_level", "logical"));
            }
        }
    }

    private static String mendSetting(Subject subject, Cluster on, String name, String value) {
        return platform(subject, on).setting(name, value, Takes.RESTART);
    }

    private static Platform platform(Subject subject, Cluster on) {
        return Platform.of(subject.facts(on));
    }

    private static void senders(Subject subject, Findings rows) throws SQLException {
        for (var cluster : subject.both()) {
            var used = count(cluster, "pg_stat_replication");
            var needed = 1 + copying(subject, cluster);
            room(subject, cluster, new Room("senders", "max_wal_senders", used, needed))
                    .accept(rows);
        }
    }

    private static void slots(Subject subject, Findings rows) throws SQLException {
        for (var cluster : subject.both()) {
            var used = count(cluster, "pg_replication_slots");
            var needed = SLOTS_NEEDED + copying(subject, cluster);
            room(subject, cluster, new Room("slots", "max_replication_slots", used, needed))
                    .accept(rows);
        }
    }

    /// How many tables are copied from a server at once, each through a slot and a sender.
    private static long copying(Subject subject, Cluster from) {
        return from == subject.source()
                ? subject.targetFacts().number("max_sync_workers_per_subscription", 2)
                : 0;
    }

    private static long count(Cluster on, String view) throws SQLException {
        return on.call(
                connection ->
                        Sql.one(connection, "SELECT count(*) FROM " + view, row -> row.getLong(1)));
    }

    private record Room(String id, String setting, long used, long needed) {}

    private static Consumer<Findings> room(Subject subject, Cluster on, Room room) {
        var setting = room.setting();
        var most = subject.facts(on).number(setting, 0);
        var finding =
                "%s is %d, %d used, %d more needed"
                        .formatted(setting, most, room.used(), room.needed());
        return rows -> {
            if (most - room.used() >= room.needed()) {
                rows.pass(room.id(), on, finding);
            } else {
                var value = String.valueOf(room.used() + room.needed());
                rows.fail(room.id(), on, finding, mendSetting(subject, on, setting, value));
            }
        };
    }

    private static void workers(Subject subject, Findings rows) throws SQLException {
        for (var cluster : subject.both()) {
            var busy = count(cluster, "pg_stat_subscription WHERE pid IS NOT NULL");
            var needed = cluster == subject.target() ? 2 : 1;
            room(
                            subject,
                            cluster,
                            new Room("workers", "max_logical_replication_workers", busy, needed))
                    .accept(rows);
            var processes = subject.facts(cluster).number("max_worker_processes", 0);
            if (processes < busy + needed + 1) {
                rows.fail(
                        "workers",
                        cluster,
                        "max_worker_processes is " + processes,
                        mendSetting(
                                subject,
                                cluster,
                                "max_worker_processes",
                                String.valueOf(busy + needed + 4)));
            }
        }
    }

    private static void rights(Subject subject, Findings rows) {
        for (var cluster : subject.both()) {
            var facts = subject.facts(cluster);
            var rights = facts.rights();
            var user = Sql.identifier(rights.user());
            var missing = new ArrayList<String>();
            var mend = new ArrayList<String>();
            if (!rights.mayReplicate()) {
                missing.add("REPLICATION");
                mend.add(platform(subject, cluster).replication(user));
            }
            if (!rights.createInDatabase()) {
                missing.add("CREATE on the database");
                mend.add(
                        "GRANT CREATE ON DATABASE "
                                + Sql.identifier(cluster.server().dbname())
                                + " TO "
                                + user);
            }
            if (!rights.seesSessions()) {
                missing.add("seeing other sessions");
                mend.add("GRANT pg_monitor TO " + user);
            }
            if (!missing.isEmpty()) {
                rows.unsafe(
                        RIGHTS,
                        cluster,
                        rights.user() + " lacks: " + String.join(", ", missing),
                        String.join("; ", mend));
            } else if (rights.mayTerminate()) {
                rows.pass(RIGHTS, cluster, rights.user() + " has what it needs");
            }
            if (!rights.mayTerminate()) {
                rows.warn(
                        RIGHTS,
                        cluster,
                        rights.user()
                                + " may not end sessions of other roles: strangers cannot be"
                                + " terminated, and who has stayed on a fenced server stops the"
                                + " way back",
                        "GRANT pg_signal_backend TO " + user);
            }
        }
    }

    /// Slots on the source are given up or moved on after the switch, and those on the target send
    /// the way back: without the right there is none, which shows only once clients are there.
    private static void replication(Subject subject, Findings rows) throws SQLException {
        for (var cluster : subject.both()) {
            var rights = subject.facts(cluster).rights();
            if (rights.mayReplicate() || (cluster == subject.target() && !hasWayBack(subject))) {
                continue;
            }
            rows.failCutover(
                    RIGHTS,
                    cluster,
                    rights.user() + " lacks REPLICATION: there would be no way back",
                    platform(subject, cluster).replication(Sql.identifier(rights.user())));
        }
    }

    private static boolean hasWayBack(Subject subject) throws SQLException {
        return subject.source().call(on -> Sql.is(on, SUBSCRIBES));
    }

    private static void recovery(Subject subject, Findings rows) {
        for (var cluster : subject.both()) {
            if (subject.facts(cluster).inRecovery()) {
                rows.unsafe(
                        "recovery",
                        cluster,
                        "the server is a standby (in recovery)",
                        "Give the address of its primary, or promote it.");
            } else {
                rows.pass("recovery", cluster, "not in recovery");
            }
        }
    }

    private static void fsync(Subject subject, Findings rows) {
        for (var cluster : subject.both()) {
            for (var name : List.of("fsync", "full_page_writes")) {
                if (subject.facts(cluster).setting(name).equals("off")) {
                    rows.failCutover(
                            "fsync",
                            cluster,
                            name + " is off: a crash would lose what was promised",
                            platform(subject, cluster).setting(name, "on", Takes.RELOAD));
                }
            }
        }
    }

    private static void slotWal(Subject subject, Findings rows) {
        for (var cluster : subject.both()) {
            var most = subject.facts(cluster).number("max_slot_wal_keep_size", -1);
            if (most >= 0) {
                rows.warn(
                        "slot-wal",
                        cluster,
                        "max_slot_wal_keep_size is "
                                + most
                                + " MB: a copy that takes longer than"
                                + " that much WAL loses its slot",
                        platform(subject, cluster)
                                .setting("max_slot_wal_keep_size", "-1", Takes.RELOAD));
            }
        }
    }

    /// A server whose files were replaced under it cannot load its libraries until a restart.
    private static void plpgsql(Subject subject, Findings rows) {
        for (var cluster : subject.both()) {
            try {
                cluster.call(connection -> Sql.run(connection, "DO $$ BEGIN END $$"));
                rows.pass("plpgsql", cluster, "PL/pgSQL works");
            } catch (SQLException e) {
                rows.fail(
                        "plpgsql",
                        cluster,
                        "PL/pgSQL does not work: " + cluster.refusal(e).getMessage(),
                        "Restart the server: its files were probably upgraded under it.");
            }
        }
    }

    private static void pgDump(Subject subject, Findings rows) throws SQLException {
        if (!subject.takesSchema()) {
            rows.pass("pg-dump", subject.target(), "not needed: the schema is there");
            return;
        }
        var major = subject.sourceFacts().major();
        var byHand =
                "Install PostgreSQL's client programs, version "
                        + major
                        + " or newer, on this machine; or make the schema on the target yourself.";
        var found = PgDump.find();
        if (found.isEmpty()) {
            rows.unsafe(
                    "pg-dump",
                    subject.target(),
                    "the target has no tables and there is no pg_dump on the PATH",
                    byHand);
        } else if (found.get().major() < major) {
            rows.unsafe(
                    "pg-dump",
                    subject.target(),
                    "pg_dump "
                            + found.get().version()
                            + " cannot read a server of version "
                            + major,
                    byHand);
        } else {
            rows.pass("pg-dump", subject.target(), "pg_dump " + found.get().version());
        }
    }
}
