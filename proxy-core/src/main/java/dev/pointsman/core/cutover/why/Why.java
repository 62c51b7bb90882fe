package dev.pointsman.core.cutover.why;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.cutover.after.Following;
import dev.pointsman.core.cutover.fence.Fence;
import dev.pointsman.core.cutover.fence.OldValues;
import dev.pointsman.core.cutover.journal.Line;
import dev.pointsman.core.cutover.record.EpochRecord;
import dev.pointsman.core.cutover.record.Evidence;
import dev.pointsman.core.cutover.record.Reading;
import dev.pointsman.core.cutover.record.Standing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/// The answer to "why does this server serve", row by row.
public final class Why {
    private static final int LAST = 5;

    private final Database database;
    private final Evidence evidence;
    private final Following following;

    public Why(Database database, Evidence evidence, Following following) {
        this.database = database;
        this.evidence = evidence;
        this.following = following;
    }

    /// The answer.
    public List<WhyRow> rows() {
        var name = database.name();
        var rows = new ArrayList<WhyRow>();
        var standing = evidence.standing();
        var epoch = standing instanceof Standing.Serves serves ? serves.epoch() : -1;
        lastOf(evidence.journal().stream().filter(line -> line.kind() != Line.Kind.DRY).toList())
                .forEach(line -> rows.add(row(line, epoch)));
        for (var reading : evidence.readings()) {
            switch (reading) {
                case Reading.Unreadable(var server, var why) ->
                        rows.add(new WhyRow(name, server, 0, "unreadable", "", false, why));
                case Reading.Unasked _ -> {}
                case Reading.Rows(var server, var records) ->
                        lastOf(records.stream().filter(Why::isNoRehearsal).toList())
                                .forEach(record -> rows.add(row(server, record, epoch)));
            }
        }
        if (epoch == 0) {
            rows.add(new WhyRow(name, "configuration", 0, "serve", database.serve(), true, ""));
        }
        summary(standing)
                .forEach(text -> rows.add(new WhyRow(name, "summary", epoch, "", "", false, text)));
        return rows;
    }

    private static boolean isNoRehearsal(EpochRecord record) {
        return record.kind() != EpochRecord.Kind.DRY;
    }

    private static <T> List<T> lastOf(List<T> all) {
        return all.subList(Math.max(0, all.size() - LAST), all.size());
    }

    private WhyRow row(Line line, long epoch) {
        return new WhyRow(
                database.name(),
                "journal",
                line.turn().epoch(),
                line.kind().name().toLowerCase(Locale.ROOT),
                line.turn().server(),
                line.isOutcome() && line.turn().epoch() == epoch,
                "");
    }

    private WhyRow row(String server, EpochRecord record, long epoch) {
        return new WhyRow(
                database.name(),
                server,
                record.epoch(),
                record.kind().word(),
                record.server(),
                record.isOutcome() && record.epoch() == epoch,
                record.isFence() ? "fenced" : "");
    }

    private List<String> summary(Standing standing) {
        var texts = new ArrayList<String>();
        switch (standing) {
            case Standing.Serves _ -> {}
            case Standing.Undo(_, var why) -> texts.add("to be undone: " + why);
            case Standing.Held(var why) -> texts.add("held: " + why);
        }
        var left = evidence.fencesLeft();
        left.forEach(fence -> texts.add(left(fence)));
        if (left.isEmpty() && evidence.mayLeaveFence()) {
            texts.add("a fence may stand on the server that served: the undo lifts it");
        }
        if (!following.unfinished().isEmpty()) {
            texts.add(following.unfinished());
        }
        following
                .strays()
                .ifPresent(watch -> watch.found().forEach(stray -> texts.add("stray: " + stray)));
        return texts;
    }

    private String left(EpochRecord fence) {
        return "the fence of attempt %d stands on the server that serves, new connections to it are refused: REPAIR %s lifts it"
                .formatted(fence.turn().attempt(), database.name());
    }

    /// What lifts the fences that stand, by hand; a comment in its place for each server that could
    /// not be asked. Sessions there are read-only by default, the operator's too.
    ///
    /// @param now what is left on a server of what a fence remembers
    public static List<String> liftingSql(
            Database database, Evidence evidence, BiFunction<String, OldValues, OldValues> now) {
        var sql = new ArrayList<String>();
        for (var server : database.servers().values()) {
            for (var record : evidence.rowsOf(server.name())) {
                if (record.isFence()) {
                    sql.add(
                            "-- on server %s (%s:%d), in database %s, fenced by attempt %d"
                                    .formatted(
                                            server.name(),
                                            server.host(),
                                            server.port(),
                                            server.dbname(),
                                            record.turn().attempt()));
                    sql.add("SET default_transaction_read_only = off;");
                    Fence.lifting(
                                    Sql.identifier(server.dbname()),
                                    now.apply(server.name(), OldValues.fromJson(record.fence())))
                            .forEach(one -> sql.add(one + ";"));
                    sql.add(
                            "UPDATE pointsman.record SET fence = '' WHERE epoch = "
                                    + record.epoch()
                                    + ";");
                }
            }
        }
        for (var reading : evidence.readings()) {
            if (reading instanceof Reading.Unreadable(var server, var why)) {
                sql.add(
                        "-- server %s cannot be asked: %s; a fence may stand there: run this again when it answers"
                                .formatted(server, why.strip().replaceAll("\\s*\\R\\s*", "; ")));
            }
        }
        return sql;
    }
}
