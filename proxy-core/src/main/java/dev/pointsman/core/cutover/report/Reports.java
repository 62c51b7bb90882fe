package dev.pointsman.core.cutover.report;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// All reports, in memory and as files, two each: for people and for programs. Thread-safe.
public final class Reports {
    private static final Logger log = LoggerFactory.getLogger(Reports.class);
    private static final String FOLDER = "reports";

    /// Keeps a text under a name, durably.
    @FunctionalInterface
    public interface Keeper {
        void keep(String name, String text) throws IOException;
    }

    private final Keeper keeper;
    private final List<Report> all;

    private Reports(Keeper keeper, List<Report> all) {
        this.keeper = keeper;
        this.all = new ArrayList<>(all);
    }

    /// Reads what earlier processes left. A file that cannot be read is named in the log and left
    /// out.
    public static Reports open(Path stateFolder, Keeper keeper) {
        var folder = stateFolder.resolve(FOLDER);
        var found = new ArrayList<Report>();
        if (Files.isDirectory(folder)) {
            try (var files = Files.newDirectoryStream(folder, "*.json")) {
                for (var file : files) {
                    read(file, found);
                }
            } catch (IOException e) {
                log.atWarn()
                        .addKeyValue("folder", folder)
                        .addKeyValue("cause", e)
                        .log("no reports");
            }
        }
        found.sort(
                Comparator.comparing((Report report) -> report.asked().started())
                        .thenComparingLong(report -> report.subject().id()));
        return new Reports(keeper, found);
    }

    private static void read(Path file, List<Report> into) {
        try {
            into.add(ReportJson.read(Files.readString(file)));
        } catch (IOException | RuntimeException e) {
            log.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("cause", e)
                    .log("a report cannot be read");
        }
    }

    /// Keeps a report, over an earlier one of the same attempt.
    public synchronized void add(Report report) {
        all.removeIf(
                one ->
                        one.subject().id() == report.subject().id()
                                && one.subject().databases().equals(report.subject().databases()));
        all.add(report);
        var name =
                "%s/%s-%06d"
                        .formatted(
                                FOLDER,
                                report.subject().databases().getFirst().replaceAll("\\W", "_"),
                                report.subject().id());
        try {
            keeper.keep(name + ".json", ReportJson.write(report));
            keeper.keep(name + ".txt", ReportText.write(report));
        } catch (IOException e) {
            log.atError()
                    .addKeyValue("report", name)
                    .addKeyValue("cause", e)
                    .log("report not kept");
        }
    }

    /// The last attempt to lead a database to that server which really held its clients, or
    /// rehearsed that, and knows for how long.
    public synchronized Optional<Report> lastPause(String database, String target) {
        return all.stream()
                .filter(one -> one.subject().target().equals(target))
                .filter(one -> one.subject().databases().contains(database))
                .filter(
                        one ->
                                one.ending().outcome() == Outcome.REHEARSED
                                        || one.ending().outcome() == Outcome.SWITCHED)
                .filter(one -> one.ending().warnings().stream().noneMatch(Trouble::isFailed))
                .reduce((_, later) -> later);
    }

    /// The highest number that a reported attempt of a database has had; 0 without any. One that
    /// was refused early left nothing but its report.
    public synchronized long highestId(String database) {
        return all.stream()
                .filter(one -> one.subject().databases().contains(database))
                .mapToLong(one -> one.subject().id())
                .max()
                .orElse(0);
    }

    /// Oldest first.
    public synchronized List<Report> all() {
        return List.copyOf(all);
    }
}
