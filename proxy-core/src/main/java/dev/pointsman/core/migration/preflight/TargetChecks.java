package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.schema.MissingLargeObjects;
import dev.pointsman.core.migration.schema.MissingRights;
import dev.pointsman.core.migration.schema.SchemaDifference;
import dev.pointsman.core.migration.schema.UserTables;
import dev.pointsman.core.migration.setup.SequenceCopy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// How the target compares with the source, and what lies about on either.
final class TargetChecks {
    private static final String SCHEMA = "schema";
    private static final String RIGHTS = "app-rights";
    private static final String DIFFERENCES = "differences from the source";

    private TargetChecks() {}

    static List<Looking> all() {
        return List.of(
                Looking.target("leftovers", TargetChecks::leftovers),
                Looking.target("target-not-empty", TargetChecks::empty),
                Looking.target(SCHEMA, TargetChecks::schema),
                Looking.target(SCHEMA, TargetChecks::columns).ofCutover(),
                Looking.target(RIGHTS, TargetChecks::rights).ofCutover(),
                Looking.target(TableChecks.LARGE_OBJECTS, TargetChecks::largeObjects).ofCutover(),
                Looking.target("roles", TargetChecks::roles),
                Looking.target("encoding", TargetChecks::encoding),
                Looking.target("extensions", TargetChecks::extensions),
                Looking.target("triggers", TargetChecks::triggers));
    }

    private static void leftovers(Subject subject, Findings rows) throws SQLException {
        for (var cluster : subject.both()) {
            var found =
                    cluster.call(
                            connection ->
                                    Sql.texts(
                                            connection,
                                            """
                                            SELECT 'publication ' || pubname FROM pg_publication
                                             WHERE pubname LIKE 'pointsman\\_%'
                                             UNION ALL
                                            SELECT 'subscription ' || subname FROM pg_subscription s
                                              JOIN pg_database d ON d.oid = s.subdbid
                                             WHERE subname LIKE 'pointsman\\_%'
                                               AND d.datname = current_database()
                                             UNION ALL
                                            SELECT 'slot ' || slot_name FROM pg_replication_slots
                                             WHERE slot_name LIKE 'pointsman\\_%'
                                               AND database = current_database()\
                                            """));
            if (found.isEmpty()) {
                rows.pass("leftovers", cluster, "nothing of an earlier migration");
            } else {
                rows.fail(
                        "leftovers",
                        cluster,
                        "an earlier migration left " + Findings.named("objects", found),
                        "Drop them: DROP PUBLICATION; ALTER SUBSCRIPTION … DISABLE, … SET"
                                + " (slot_name = NONE), DROP SUBSCRIPTION; SELECT"
                                + " pg_drop_replication_slot('…')");
            }
        }
    }

    private static void empty(Subject subject, Findings rows) throws SQLException {
        if (subject.isSameDatabase()) {
            return;
        }
        var full = new ArrayList<String>();
        subject.target()
                .call(
                        connection -> {
                            for (var table : UserTables.names(connection)) {
                                if (Sql.is(
                                        connection,
                                        "SELECT EXISTS (SELECT 1 FROM ONLY " + table + ")")) {
                                    full.add(table);
                                }
                            }
                            return full;
                        });
        if (full.isEmpty()) {
            rows.pass("target-not-empty", subject.target(), "no table holds rows");
        } else {
            rows.unsafe(
                    "target-not-empty",
                    subject.target(),
                    Findings.named("tables hold rows already", full),
                    "If nobody needs them: TRUNCATE " + String.join(", ", full));
        }
    }

    private static void schema(Subject subject, Findings rows) throws SQLException {
        var difference = subject.difference();
        if (difference.isEmpty()) {
            rows.pass(SCHEMA, subject.target(), "no tables yet: the schema will be copied");
            return;
        }
        var found = difference.get();
        var wrong = new ArrayList<>(found.missing());
        wrong.addAll(found.other());
        SequenceCopy.missing(
                        subject.source().call(SequenceCopy::names),
                        subject.target().call(SequenceCopy::names))
                .forEach(sequence -> wrong.add("sequence " + sequence + " is missing"));
        if (wrong.isEmpty()) {
            rows.pass(SCHEMA, subject.target(), found.tables() + " tables match");
        } else {
            rows.unsafe(
                    SCHEMA,
                    subject.target(),
                    Findings.named(DIFFERENCES, wrong),
                    "Make the schemas equal, or drop the target's tables to have them copied.");
        }
    }

    /// Changed on one side only while changes flow: the first write of a client after the switch
    /// would fail, or what it writes would be lost on the way.
    private static void columns(Subject subject, Findings rows) throws SQLException {
        var difference = subject.difference();
        var missing = difference.map(SchemaDifference::missing).orElse(List.of());
        if (!missing.isEmpty()) {
            rows.unsafeCutover(
                    SCHEMA,
                    subject.target(),
                    Findings.named(DIFFERENCES, missing),
                    "Make there what is missing, as it is on the source.");
        }
        var other = difference.map(SchemaDifference::other).orElse(List.of());
        if (!other.isEmpty()) {
            rows.failCutover(
                    SCHEMA,
                    subject.target(),
                    Findings.named(DIFFERENCES, other),
                    "Make the columns equal.");
        }
        var unlike = difference.map(SchemaDifference::unlike).orElse(List.of());
        if (!unlike.isEmpty()) {
            rows.failCutover(
                    SCHEMA,
                    subject.target(),
                    Findings.named(DIFFERENCES, unlike),
                    "Make these as they are on the source; pg_dump --schema-only prints them.");
        }
        var looser = difference.map(SchemaDifference::looser).orElse(List.of());
        if (!looser.isEmpty()) {
            rows.warn(
                    SCHEMA,
                    subject.target(),
                    Findings.named(DIFFERENCES, looser),
                    "Unless that is meant, make them there too.");
        }
    }

    /// Of the users that are configured; where none is, of those that are at work now.
    private static void rights(Subject subject, Findings rows) throws SQLException {
        var target = subject.target();
        if (subject.takesSchema()) {
            return;
        }
        var roles = SessionChecks.users(subject);
        var missing = MissingRights.between(subject.source(), target, roles);
        var words = missing.words();
        if (words.isEmpty()) {
            rows.pass(RIGHTS, target, roles.size() + " users have every right of the source");
        } else {
            rows.failCutover(
                    RIGHTS,
                    target,
                    Findings.named("rights that users have on the source are missing", words),
                    missing.grants());
        }
    }

    /// Made while changes flow, or before and accepted: nothing brings them but a person.
    private static void largeObjects(Subject subject, Findings rows) throws SQLException {
        var missing = MissingLargeObjects.between(subject.source(), subject.target());
        if (!missing.isEmpty()) {
            rows.failCutover(
                    TableChecks.LARGE_OBJECTS,
                    subject.target(),
                    "large objects of the source are missing, such as "
                            + String.join(", ", missing.stream().map(String::valueOf).toList()),
                    "Copy them under the same numbers, lo_get() on the source and lo_from_bytea()"
                            + " here, or lo_unlink() those on the source that nobody needs.");
        }
    }

    /// Owners and grantees must be there before a schema can be copied.
    private static void roles(Subject subject, Findings rows) throws SQLException {
        var wanted =
                subject.source()
                        .call(
                                connection ->
                                        Sql.texts(
                                                connection,
                                                """
                                                SELECT DISTINCT r.rolname FROM pg_shdepend d
                                                  JOIN pg_roles r ON r.oid = d.refobjid
                                                 WHERE d.refclassid = 'pg_authid'::regclass
                                                   AND d.dbid = (SELECT oid FROM pg_database
                                                      WHERE datname = current_database())
                                                   AND r.rolname !~ '^pg_' ORDER BY 1\
                                                """));
        var there =
                subject.target()
                        .call(connection -> Sql.texts(connection, "SELECT rolname FROM pg_roles"));
        var missing = new ArrayList<>(wanted);
        missing.removeAll(there);
        if (missing.isEmpty()) {
            rows.pass("roles", subject.target(), "every owner and grantee is there");
            return;
        }
        var mend = String.join("; ", missing.stream().map(TargetChecks::createRole).toList());
        if (subject.takesSchema()) {
            rows.unsafe(
                    "roles", subject.target(), Findings.named("roles are missing", missing), mend);
        } else {
            rows.warn(
                    "roles", subject.target(), Findings.named("roles are missing", missing), mend);
        }
    }

    private static String createRole(String role) {
        return "CREATE ROLE " + Sql.identifier(role) + " LOGIN";
    }

    private static void encoding(Subject subject, Findings rows) {
        var from = subject.sourceFacts().setting("server_encoding");
        var to = subject.targetFacts().setting("server_encoding");
        if (from.equals(to)) {
            rows.pass("encoding", subject.target(), to);
        } else {
            rows.fail(
                    "encoding",
                    subject.target(),
                    "the source's encoding is " + from + ", the target's " + to,
                    "CREATE DATABASE … TEMPLATE template0 ENCODING '" + from + "'");
        }
    }

    private static void extensions(Subject subject, Findings rows) throws SQLException {
        var wanted = subject.source().call(TargetChecks::extensionsOf);
        var available =
                subject.target()
                        .call(
                                connection ->
                                        Sql.texts(
                                                connection,
                                                "SELECT name FROM pg_available_extensions"));
        var missing = wanted.stream().filter(name -> !available.contains(name)).toList();
        if (missing.isEmpty()) {
            rows.pass(
                    "extensions", subject.target(), wanted.size() + " of the source are available");
        } else {
            rows.fail(
                    "extensions",
                    subject.target(),
                    Findings.named("extensions of the source are not available", missing),
                    "Install their packages on the target's machine.");
        }
    }

    private static List<String> extensionsOf(Connection connection) throws SQLException {
        return Sql.texts(connection, "SELECT extname FROM pg_extension ORDER BY 1");
    }

    private static void triggers(Subject subject, Findings rows) throws SQLException {
        for (Cluster cluster : subject.both()) {
            var found =
                    cluster.call(
                            connection ->
                                    Sql.texts(
                                            connection,
                                            """
                                            SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger
                                             WHERE NOT tgisinternal AND tgenabled IN ('A', 'R')
                                             ORDER BY 1\
                                            """));
            if (!found.isEmpty()) {
                rows.warn(
                        "triggers",
                        cluster,
                        Findings.named("triggers fire on replicated rows too", found),
                        "Unless that is meant: ALTER TABLE … ENABLE TRIGGER …");
            }
        }
    }
}
