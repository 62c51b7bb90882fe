package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.ServerFacts;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.platform.Platform;
import dev.pointsman.core.migration.schema.PgDump;
import dev.pointsman.core.migration.schema.SchemaCopy;
import dev.pointsman.core.migration.schema.UserTables;
import dev.pointsman.core.migration.setup.PeerAddress;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Whether the servers may and can replicate from each other: tried for real, in a transaction that
/// never commits.
final class ReachChecks {
    private static final String COPY = "schema-copy";

    private ReachChecks() {}

    static List<Looking> all() {
        return List.of(
                Looking.target("peer", ReachChecks::there),
                Looking.source(Preflight.WAY_BACK, ReachChecks::back),
                Looking.source("table-owner", ReachChecks::owner),
                Looking.target(COPY, ReachChecks::copy));
    }

    private static void there(Subject subject, Findings rows) {
        if (subject.isSameDatabase()) {
            return;
        }
        var why = trySubscribing(subject.target(), subject.targetFacts(), subject.source());
        if (why.isEmpty()) {
            rows.pass("peer", subject.target(), "can replicate from " + subject.source().name());
        } else {
            rows.unsafe(
                    "peer",
                    subject.target(),
                    why,
                    mend(subject, subject.target(), subject.source()));
        }
    }

    private static void back(Subject subject, Findings rows) {
        if (subject.isSameDatabase()) {
            return;
        }
        var why = trySubscribing(subject.source(), subject.sourceFacts(), subject.target());
        if (why.isEmpty()) {
            rows.pass(
                    Preflight.WAY_BACK,
                    subject.source(),
                    "can replicate from " + subject.target().name());
        } else {
            rows.fail(
                    Preflight.WAY_BACK,
                    subject.source(),
                    "there would be no way back: " + why,
                    mend(subject, subject.source(), subject.target())
                            + " Accept this check to migrate without a way back.");
        }
    }

    private static String trySubscribing(Cluster on, ServerFacts facts, Cluster from) {
        if (!facts.rights().maySubscribe(facts.versionNum())) {
            return facts.rights().user()
                    + " may not make subscriptions on "
                    + on.name()
                    + (facts.major() < Platform.SUBSCRIBE_ROLE_SINCE
                            ? " (before version 16 that takes %s)"
                                    .formatted(Platform.of(facts).administrator())
                            : "");
        }
        var sql =
                "CREATE SUBSCRIPTION pointsman_probe CONNECTION "
                        + Sql.literal(new PeerAddress(from.server()).conninfo())
                        + " PUBLICATION pointsman_probe WITH (create_slot = false, slot_name ="
                        + " 'pointsman_probe', enabled = false, copy_data = false)";
        try (var connection = on.dedicated()) {
            connection.setAutoCommit(false);
            Sql.run(connection, sql);
            connection.rollback();
            return "";
        } catch (SQLException e) {
            return on.refusal(e).report().message();
        }
    }

    private static String mend(Subject subject, Cluster on, Cluster from) {
        var facts = subject.facts(on);
        var role = Sql.identifier(on.server().control().user());
        return "Check the peer address of %s (%s), %s for %s, and the right: %s."
                .formatted(
                        from.name(),
                        new PeerAddress(from.server()).withoutPassword(),
                        Platform.of(subject.facts(from)).access(),
                        on.name(),
                        Platform.of(facts).subscription(role, facts.major()));
    }

    /// A publication takes the owner of every table.
    private static void owner(Subject subject, Findings rows) throws SQLException {
        for (var cluster : subject.both()) {
            if (cluster == subject.target() && subject.takesSchema()) {
                continue;
            }
            var foreign = cluster.call(ReachChecks::foreignOwners);
            var user = subject.facts(cluster).rights().user();
            if (foreign.isEmpty()) {
                rows.pass("table-owner", cluster, user + " may publish every table");
            } else {
                rows.unsafe(
                        "table-owner",
                        cluster,
                        user
                                + " is no member of "
                                + Findings.named(
                                        "owners of tables",
                                        foreign.stream().map(Owner::name).toList()),
                        mendOfOwners(foreign, user));
            }
        }
    }

    private record Owner(String name, boolean superuser) {}

    private static List<Owner> foreignOwners(Connection on) throws SQLException {
        return Sql.list(
                on,
                "SELECT DISTINCT r.rolname, r.rolsuper FROM pg_class c"
                        + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " JOIN pg_roles r ON r.oid = c.relowner WHERE "
                        + UserTables.CONDITION
                        + " AND NOT pg_has_role(current_user, r.oid, 'usage') ORDER BY 1",
                row -> new Owner(row.getString(1), row.getBoolean(2)));
    }

    /// Nobody is told to make the control role a member of a superuser: it would be one.
    private static String mendOfOwners(List<Owner> foreign, String user) {
        var role = Sql.identifier(user);
        var mends = new ArrayList<String>();
        var plain = foreign.stream().filter(owner -> !owner.superuser()).map(Owner::name).toList();
        if (!plain.isEmpty()) {
            mends.add(
                    "GRANT "
                            + String.join(", ", plain.stream().map(Sql::identifier).toList())
                            + " TO "
                            + role);
        }
        if (plain.size() < foreign.size()) {
            mends.add(
                    "ALTER TABLE … OWNER TO a role that is no superuser, where one is the owner,"
                            + " and GRANT that role TO "
                            + role);
        }
        return String.join("; ", mends);
    }

    /// The whole copy, rolled back: nothing less finds every right, extension and setting that it
    /// takes. Not where another row of the target says already what is wrong.
    private static void copy(Subject subject, Findings rows) throws SQLException {
        var target = subject.target();
        var program = PgDump.find();
        if (!subject.takesSchema() || rows.hasFailed(target) || program.isEmpty()) {
            return;
        }
        try {
            SchemaCopy.rehearse(program.get(), subject.source(), target);
            rows.pass(COPY, target, "takes the schema of " + subject.source().name());
        } catch (IOException e) {
            rows.fail(
                    COPY,
                    subject.source(),
                    String.valueOf(e.getMessage()),
                    "Look again once nobody holds a table of the source for long.");
        } catch (SQLException e) {
            rows.unsafe(
                    COPY,
                    target,
                    String.valueOf(e.getMessage()),
                    "Give the control role what the statement takes (pointsman grants prints the"
                            + " usual rights), or make the schema on the target yourself.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while the schema was tried", e);
        }
    }
}
