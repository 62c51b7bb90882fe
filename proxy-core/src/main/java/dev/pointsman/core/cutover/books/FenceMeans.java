package dev.pointsman.core.cutover.books;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cutover.fence.Fence;
import dev.pointsman.core.cutover.fence.OldValues;
import dev.pointsman.core.cutover.fence.Unfenceable;
import dev.pointsman.core.cutover.record.EpochRecord;
import dev.pointsman.core.cutover.record.Records;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.Check.Blocks;
import dev.pointsman.core.migration.Check.Verdict;
import dev.pointsman.core.migration.platform.Platform;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;

/// Whether a fence can be put up on a server, by the rights of the control role as they are now:
/// tried in a transaction that is taken back before anybody sees it. What `CHECK` says beforehand
/// and what a run is refused for is found out by the same trial.
public final class FenceMeans {
    /// The id of its rows of `CHECK`.
    public static final String ID = "fence";

    private FenceMeans() {}

    /// What a fence would have to put back, once it is tried out.
    ///
    /// @throws Unfenceable when the control role has no means for it
    public static OldValues tryOut(Cluster on, String database) throws SQLException {
        return on.call(
                connection -> {
                    var old = before(connection, database);
                    Fence.tryOut(connection, old);
                    return old;
                });
    }

    /// The same, for whoever gave the command.
    ///
    /// @throws Refused when there are no means for it, or the server cannot be asked
    public static void require(Cluster source) throws Refused {
        try {
            tryOut(source, source.database().name());
        } catch (Unfenceable e) {
            throw new Refused(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, words(e), mend(source, e));
        } catch (SQLException e) {
            throw source.refusal(e);
        }
    }

    /// What a fence remembers that was not lifted: what is read now would be the fence itself.
    static OldValues before(Connection on, String database) throws SQLException {
        var standing = Records.read(on, database).stream().filter(EpochRecord::isFence).findFirst();
        return standing.isPresent() ? OldValues.fromJson(standing.get().fence()) : Fence.read(on);
    }

    /// A row of `CHECK` for the source, which a cutover fences, and one for the target, which its
    /// way back does.
    public static List<Check> checks(Cluster source, Cluster target) {
        return List.of(check(source, true), check(target, false));
    }

    private static Check check(Cluster on, boolean first) {
        if (!on.database().cutover().fence()) {
            return row(
                    on,
                    Verdict.WARN,
                    "nobody is kept out: cutover.fence is off",
                    "Set cutover.fence: on, unless nothing but the proxy can reach the server.",
                    Blocks.NONE);
        }
        var blocks = first ? Blocks.CUTOVER : Blocks.NONE;
        try {
            return means(on, tryOut(on, on.database().name()));
        } catch (Unfenceable e) {
            return first
                    ? row(on, Verdict.FAIL, words(e), mend(on, e), blocks)
                    : row(
                            on,
                            Verdict.WARN,
                            "a cutover away from here, CUTOVER … BACK too, would be refused: "
                                    + words(e),
                            mend(on, e),
                            blocks);
        } catch (SQLException e) {
            var report = on.refusal(e).report();
            return row(on, Verdict.UNKNOWN, report.message(), report.hint(), blocks);
        }
    }

    /// What tells of [Unfenceable] to whoever gave a command.
    public static String words(Unfenceable why) {
        return String.valueOf(why.getMessage());
    }

    /// What mends it, and who may run that on this server's platform.
    public static String mend(Cluster on, Unfenceable why) {
        try {
            return "As %s: %s".formatted(Platform.of(on.facts()).administrator(), why.mend());
        } catch (SQLException _) {
            return why.mend();
        }
    }

    /// Besides: whether the other way in is there, by which processes that were lost are looked for
    /// while a database lets nobody in.
    private static Check means(Cluster on, OldValues old) {
        var how = old.byRights() ? byRights(old) : "by its connection limit, as a superuser";
        var other = on.server().control().maintenanceDb();
        try {
            on.maintenance(connection -> Sql.is(connection, "SELECT true"));
            return row(
                    on,
                    Verdict.PASS,
                    "%s; maintenance_db %s stays open to us".formatted(how, other),
                    "",
                    Blocks.NONE);
        } catch (SQLException e) {
            return row(
                    on,
                    Verdict.WARN,
                    "%s; but maintenance_db %s does not let us in: %s"
                            .formatted(how, other, on.refusal(e).report().message()),
                    "GRANT CONNECT ON DATABASE %s TO %s, or name another in control.maintenance_db"
                            .formatted(
                                    Sql.identifier(other),
                                    Sql.identifier(on.server().control().user())),
                    Blocks.NONE);
        }
    }

    private static String byRights(OldValues old) {
        var losing = new LinkedHashSet<>(old.rights().revoked());
        old.rights().onward().forEach(grant -> losing.add(grant.to()));
        losing.removeAll(old.rights().granted());
        return "by REVOKE CONNECT from %s; kept for %s"
                .formatted(
                        losing.stream()
                                .map(role -> role.isEmpty() ? "PUBLIC" : role)
                                .collect(Collectors.joining(", ")),
                        String.join(", ", old.rights().granted()));
    }

    private static Check row(
            Cluster on, Verdict verdict, String finding, String mend, Blocks blocks) {
        var unsafe = verdict == Verdict.FAIL;
        return new Check(ID, on.name(), "", verdict, finding, mend, blocks, unsafe);
    }
}
