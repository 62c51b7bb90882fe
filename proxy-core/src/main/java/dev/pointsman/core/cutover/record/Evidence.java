package dev.pointsman.core.cutover.record;

import dev.pointsman.core.cutover.journal.Line;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Everything that can be known about who serves a database: the journal's lines, what each server
/// of the configuration said, and the configuration's own word, which counts least. Pure.
public record Evidence(
        String database, String configured, List<Line> journal, List<Reading> readings) {

    public Evidence {
        journal = List.copyOf(journal);
        readings = List.copyOf(readings);
    }

    /// Who serves from an epoch on, and where that was read. `from` is the server that a decision
    /// left; empty for an undone attempt.
    public record Outcome(long epoch, long attempt, String server, String from, String read) {
        boolean isDecision() {
            return !from.isEmpty();
        }
    }

    /// An attempt that has no outcome where it was read.
    public record Attempt(Line.Turn turn, List<String> databases, boolean journalled) {}

    /// Decides. The highest outcome found anywhere serves, unless a later attempt is open.
    public Standing standing() {
        var outcome = highestOutcome();
        var attempt = openAttempt(outcome.map(Outcome::epoch).orElse(0L));
        if (attempt.isPresent()) {
            return standingOf(attempt.get());
        }
        return outcome.map(this::standingOf).orElseGet(this::standingWithoutOutcome);
    }

    /// The highest epoch that any server or the journal mentions, open and dry ones included, so
    /// that the next one is new everywhere.
    public long highestEpoch() {
        var inServers = rows().mapToLong(EpochRecord::epoch);
        var inJournal = journal.stream().mapToLong(line -> line.turn().epoch());
        return LongStream.concat(inServers, inJournal).filter(epoch -> epoch > 0).max().orElse(0);
    }

    /// The highest number that an attempt has had.
    public long highestAttempt() {
        return Math.max(
                rows().mapToLong(row -> row.turn().attempt()).max().orElse(0),
                journal.stream().mapToLong(line -> line.turn().attempt()).max().orElse(0));
    }

    public Optional<Outcome> highestOutcome() {
        return outcomes().max(Comparator.comparingLong(Outcome::epoch));
    }

    /// The last decision that no undo of the same attempt took back: what *After* has to finish.
    public Optional<Outcome> lastDecision() {
        return outcomes()
                .filter(Outcome::isDecision)
                .filter(decision -> outcomes().noneMatch(later -> takesBack(later, decision)))
                .max(Comparator.comparingLong(Outcome::epoch));
    }

    private static boolean takesBack(Outcome later, Outcome decision) {
        return !later.isDecision()
                && later.attempt() == decision.attempt()
                && later.epoch() > decision.epoch();
    }

    private Stream<Outcome> outcomes() {
        var inJournal = journal.stream().filter(Line::isOutcome).map(Evidence::outcome);
        var inServers =
                readable()
                        .flatMap(
                                reading ->
                                        reading.rows().stream()
                                                .filter(EpochRecord::isOutcome)
                                                .map(row -> outcome(reading.server(), row)));
        return Stream.concat(inJournal, inServers);
    }

    private static Outcome outcome(Line line) {
        var turn = line.turn();
        var from = line.kind() == Line.Kind.DECIDED ? turn.from() : "";
        return new Outcome(turn.epoch(), turn.attempt(), turn.server(), from, "journal");
    }

    private Outcome outcome(String readAt, EpochRecord row) {
        var from = row.kind() == EpochRecord.Kind.DECIDED ? leftFor(row) : "";
        return new Outcome(row.epoch(), row.turn().attempt(), row.server(), from, readAt);
    }

    /// The server left by a decision: the one that the journal says its attempt began on, else the
    /// one that carries a row of the same attempt, else the only other one.
    private String leftFor(EpochRecord decision) {
        return Stream.of(
                        begunOn(decision.turn()),
                        readable()
                                .filter(reading -> knows(reading, decision.turn().attempt()))
                                .map(Reading.Rows::server),
                        readings.stream().map(Reading::server))
                .flatMap(names -> names)
                .filter(name -> !name.equals(decision.server()))
                .findFirst()
                .orElse("");
    }

    private Stream<String> begunOn(EpochRecord.Turn decided) {
        return beginnings()
                .map(Line::turn)
                .filter(turn -> turn.attempt() == decided.attempt())
                .filter(turn -> turn.server().equals(decided.server()))
                .map(Line.Turn::from);
    }

    private static boolean knows(Reading.Rows reading, long attempt) {
        return reading.rows().stream().anyMatch(row -> row.turn().attempt() == attempt);
    }

    private Optional<Attempt> openAttempt(long above) {
        var inJournal = beginnings().map(line -> new Attempt(line.turn(), line.databases(), true));
        var inServers =
                readable()
                        .flatMap(
                                reading ->
                                        reading.rows().stream()
                                                .filter(row -> row.kind() == EpochRecord.Kind.OPEN)
                                                .map(row -> attempt(reading.server(), row)));
        return Stream.concat(inJournal, inServers)
                .filter(attempt -> attempt.turn().epoch() > above)
                .max(
                        Comparator.comparingLong((Attempt one) -> one.turn().epoch())
                                .thenComparing(Attempt::journalled, Boolean::compare));
    }

    /// What the journal says to have begun and not to have withdrawn.
    private Stream<Line> beginnings() {
        return journal.stream()
                .filter(Line::isBeginning)
                .filter(
                        line ->
                                journal.stream()
                                        .filter(other -> other.kind() == Line.Kind.WITHDRAWN)
                                        .noneMatch(other -> other.turn().equals(line.turn())));
    }

    /// The attempts of other instances that leave `server` and have no outcome anywhere.
    public List<EpochRecord.Turn> openOfOthers(String server, String instance) {
        var outcome = highestOutcome().map(Outcome::epoch).orElse(0L);
        return rowsOf(server).stream()
                .filter(row -> row.kind() == EpochRecord.Kind.OPEN && row.epoch() > outcome)
                .map(EpochRecord::turn)
                .filter(turn -> !turn.instance().equals(instance))
                .toList();
    }

    private static Attempt attempt(String source, EpochRecord row) {
        var turn = new Line.Turn(row.turn().attempt(), row.epoch(), source, row.server());
        return new Attempt(turn, row.databases(), false);
    }

    /// The target shows no decision of this attempt, or could not be asked.
    private Standing standingOf(Attempt attempt) {
        var turn = attempt.turn();
        var target = reading(turn.server());
        var source = reading(turn.from());
        if (source.isEmpty()) {
            return new Standing.Held(
                    "attempt %d is open, and its source %s could not be asked"
                            .formatted(turn.attempt(), turn.from()));
        }
        if (target.isEmpty() && !attempt.journalled()) {
            return new Standing.Held(
                    "attempt %d is open on %s, the journal does not know it, and %s could not be asked"
                            .formatted(turn.attempt(), turn.from(), turn.server()));
        }
        var undo =
                new Line(
                        Line.Kind.UNDONE,
                        new Line.Turn(
                                turn.attempt(),
                                highestEpoch() + 1,
                                /* from= */ turn.server(),
                                /* server= */ turn.from()),
                        attempt.databases(),
                        Line.Positions.NONE,
                        Instant.now());
        return new Standing.Undo(
                undo,
                "attempt %d was open and %s shows no decision of it"
                        .formatted(turn.attempt(), turn.server()));
    }

    private Standing standingOf(Outcome outcome) {
        if (!readings.isEmpty()
                && readings.stream().noneMatch(one -> one.server().equals(outcome.server()))) {
            return new Standing.Held(
                    "%s says that %s serves from epoch %d on, which the configuration does not have"
                            .formatted(outcome.read(), outcome.server(), outcome.epoch()));
        }
        if (reading(outcome.server()).isEmpty() && !journalReaches(outcome.epoch())) {
            return new Standing.Held(
                    "%s says that %s serves from epoch %d on, but %s could not be asked"
                            .formatted(
                                    outcome.read(),
                                    outcome.server(),
                                    outcome.epoch(),
                                    outcome.server()));
        }
        var misnamed = Misnamed.doubt(this, outcome);
        if (!misnamed.isEmpty()) {
            return new Standing.Held(misnamed);
        }
        var doubt = doubtAbout(outcome);
        if (!doubt.isEmpty()) {
            return new Standing.Held(doubt);
        }
        // An undo of it may be in no journal, and on a server that nobody can read or in a
        // transaction that nobody can see yet.
        var renew = hasBegun(outcome.epoch()) && !journalReaches(outcome.epoch());
        return new Standing.Serves(
                outcome.server(),
                outcome.epoch(),
                renew,
                "epoch %d in %s".formatted(outcome.epoch(), outcome.read()));
    }

    /// A server that cannot be read might carry something later, which the journal would know of
    /// unless it was lost.
    private String doubtAbout(Outcome outcome) {
        if (allReadable() || journalReaches(outcome.epoch())) {
            return "";
        }
        if (hasBegun(outcome.epoch())) {
            return "";
        }
        var row =
                rows().filter(one -> one.epoch() == outcome.epoch() && one.isOutcome()).findFirst();
        var proven =
                row.isPresent()
                        && (row.get().kind() == EpochRecord.Kind.UNDONE || row.get().isSettled())
                        && outcome.read().equals(outcome.server());
        return proven
                ? ""
                : "the journal does not know epoch %d, and %s could not be asked"
                        .formatted(outcome.epoch(), unreadable());
    }

    private boolean hasBegun(long epoch) {
        return beginnings().anyMatch(line -> line.turn().epoch() == epoch);
    }

    private boolean journalReaches(long epoch) {
        return journal.stream().anyMatch(line -> line.isOutcome() && line.turn().epoch() >= epoch);
    }

    /// Nobody ever decided anything: the configuration counts, if the server that it names can say
    /// that it was never left.
    private Standing standingWithoutOutcome() {
        if (reading(configured).isEmpty()) {
            return new Standing.Held(
                    "%s serves by the configuration, but it could not be asked whether it was left: %s"
                            .formatted(configured, why(configured)));
        }
        return new Standing.Serves(
                configured, 0, false, "`serve` in the configuration; no server carries a record");
    }

    private Stream<Reading.Rows> readable() {
        return readings.stream()
                .flatMap(
                        reading ->
                                switch (reading) {
                                    case Reading.Rows rows -> Stream.of(rows);
                                    case Reading.Unasked(var server) ->
                                            Stream.of(new Reading.Rows(server, List.of()));
                                    case Reading.Unreadable _ -> Stream.empty();
                                });
    }

    private Stream<EpochRecord> rows() {
        return readable().flatMap(reading -> reading.rows().stream());
    }

    /// What a server said; empty when it could not be asked.
    public Optional<Reading.Rows> reading(String server) {
        return readable().filter(reading -> reading.server().equals(server)).findFirst();
    }

    private boolean allReadable() {
        return readings.stream().noneMatch(reading -> reading instanceof Reading.Unreadable);
    }

    private String unreadable() {
        return String.join(
                ", ",
                readings.stream()
                        .filter(reading -> reading instanceof Reading.Unreadable)
                        .map(Reading::server)
                        .toList());
    }

    private String why(String server) {
        return readings.stream()
                .filter(reading -> reading.server().equals(server))
                .map(
                        reading ->
                                switch (reading) {
                                    case Reading.Unreadable(_, var why) -> why;
                                    case Reading.Rows _, Reading.Unasked _ -> "";
                                })
                .findFirst()
                .orElse("it is not in the configuration");
    }

    /// The fences that stand on the server that serves, while no attempt is open: what an undo
    /// could not lift.
    public List<EpochRecord> fencesLeft() {
        return switch (standing()) {
            case Standing.Serves serves ->
                    rowsOf(serves.server()).stream().filter(EpochRecord::isFence).toList();
            case Standing.Undo _, Standing.Held _ -> List.of();
        };
    }

    /// Whether a fence may stand on the server that serves: one that was left, or that of an
    /// attempt without an outcome.
    public boolean mayLeaveFence() {
        var outcome = highestOutcome().map(Outcome::epoch).orElse(0L);
        return !fencesLeft().isEmpty()
                || beginnings()
                        .filter(line -> line.kind() == Line.Kind.FENCING)
                        .anyMatch(line -> line.turn().epoch() > outcome)
                || rows().filter(row -> row.kind() == EpochRecord.Kind.OPEN && row.isFence())
                        .anyMatch(row -> row.epoch() > outcome);
    }

    /// The rows that a server showed; none when it could not be read.
    public List<EpochRecord> rowsOf(String server) {
        return reading(server).map(Reading.Rows::rows).orElse(List.of());
    }

    /// The decision of an epoch with its positions, from whichever place carries them.
    public EpochRecord decision(long epoch, String instance) {
        var inServers =
                rows().filter(
                                row ->
                                        row.epoch() == epoch
                                                && row.kind() == EpochRecord.Kind.DECIDED);
        var inJournal =
                journal.stream()
                        .filter(line -> line.kind() == Line.Kind.DECIDED)
                        .filter(line -> line.turn().epoch() == epoch)
                        .map(line -> record(line, instance));
        return Stream.concat(inServers, inJournal)
                .max(Comparator.comparingInt(row -> row.positions().target().length()))
                .orElseThrow(() -> new IllegalArgumentException("no decision of epoch " + epoch));
    }

    private static EpochRecord record(Line line, String instance) {
        var turn = line.turn();
        return new EpochRecord(
                new EpochRecord.Turn(turn.epoch(), turn.attempt(), turn.server(), instance),
                EpochRecord.Kind.DECIDED,
                line.databases(),
                line.positions(),
                "");
    }
}
