package dev.pointsman.core.cutover.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.cutover.journal.Line;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;

/// Blue is the source of attempt 1 with epoch 1; green its target.
class EvidenceTest {
    private static final Reading BLUE_AWAY = new Reading.Unreadable("blue", "refused");
    private static final Reading GREEN_AWAY = new Reading.Unreadable("green", "refused");

    private static final EpochRecord OPEN = record(1, EpochRecord.Kind.OPEN, "green", "");
    private static final EpochRecord DECIDED = record(1, EpochRecord.Kind.DECIDED, "green", "");
    private static final EpochRecord SETTLED =
            record(1, EpochRecord.Kind.DECIDED, "green", EpochRecord.SETTLED);
    private static final EpochRecord UNDONE = record(2, EpochRecord.Kind.UNDONE, "blue", "");

    private static final Line OPEN_LINE = line(Line.Kind.OPEN, 1, "blue", "green");
    private static final Line DECIDED_LINE = line(Line.Kind.DECIDED, 1, "blue", "green");
    private static final Line UNDONE_LINE = line(Line.Kind.UNDONE, 2, "green", "blue");

    /// Another attempt that took the same epoch.
    private static final Line SECOND_LINE =
            new Line(
                    Line.Kind.OPEN,
                    new Line.Turn(2, 1, "blue", "green"),
                    List.of("shop"),
                    Line.Positions.NONE,
                    Instant.EPOCH);

    private static EpochRecord record(
            long epoch, EpochRecord.Kind kind, String server, String fence) {
        return new EpochRecord(
                new EpochRecord.Turn(epoch, 1, server, "abc"),
                kind,
                List.of("shop"),
                Line.Positions.NONE,
                fence);
    }

    private static Line line(Line.Kind kind, long epoch, String from, String server) {
        return new Line(
                kind,
                new Line.Turn(1, epoch, from, server),
                List.of("shop"),
                Line.Positions.NONE,
                Instant.EPOCH);
    }

    private static Reading blue(EpochRecord... rows) {
        return new Reading.Rows("blue", List.of(rows));
    }

    private static Reading green(EpochRecord... rows) {
        return new Reading.Rows("green", List.of(rows));
    }

    private static Standing standing(List<Line> journal, Reading... readings) {
        return new Evidence("shop", "blue", journal, List.of(readings)).standing();
    }

    private static void serves(String server, long epoch, Standing standing) {
        assertThat(standing)
                .isInstanceOfSatisfying(
                        Standing.Serves.class,
                        it -> {
                            assertThat(it.server()).isEqualTo(server);
                            assertThat(it.epoch()).isEqualTo(epoch);
                            assertThat(it.renew()).isFalse();
                        });
    }

    private static void undoneByTwoOnBlue(Standing standing) {
        assertThat(standing)
                .isInstanceOfSatisfying(
                        Standing.Undo.class,
                        it -> {
                            assertThat(it.undo().turn().epoch()).isEqualTo(2);
                            assertThat(it.undo().turn().server()).isEqualTo("blue");
                        });
    }

    private static void held(Standing standing) {
        assertThat(standing).isInstanceOf(Standing.Held.class);
    }

    @Test
    void theConfigurationCountsWhileNoServerCarriesARecord() {
        serves("blue", 0, standing(List.of(), blue(), green()));
        serves("blue", 0, standing(List.of(), blue(), GREEN_AWAY));
    }

    @Test
    void theConfigurationDoesNotCountWhileItsServerCannotBeAsked() {
        held(standing(List.of(), BLUE_AWAY, green()));
    }

    @Test
    void anOpenAttemptThatTheTargetDoesNotShowIsUndone() {
        undoneByTwoOnBlue(standing(List.of(OPEN_LINE), blue(OPEN), green()));
        undoneByTwoOnBlue(standing(List.of(OPEN_LINE), blue(), green()));
    }

    @Test
    void anOpenAttemptWhoseTargetCannotBeAskedIsUndone() {
        undoneByTwoOnBlue(standing(List.of(OPEN_LINE), blue(OPEN), GREEN_AWAY));
    }

    @Test
    void anAttemptThatOnlyFencedIsUndone() {
        var fencing = line(Line.Kind.FENCING, 1, "blue", "green");

        undoneByTwoOnBlue(standing(List.of(fencing), blue(OPEN), GREEN_AWAY));
        undoneByTwoOnBlue(standing(List.of(fencing), blue(), green()));
    }

    @Test
    void anAttemptThatWasWithdrawnHasNothingToUndo() {
        var withdrawn = line(Line.Kind.WITHDRAWN, 1, "blue", "green");
        var journal = List.of(line(Line.Kind.FENCING, 1, "blue", "green"), OPEN_LINE, withdrawn);

        // its epoch is another's, who has decided
        serves("green", 1, standing(journal, blue(OPEN), green(DECIDED)));
        held(standing(journal, BLUE_AWAY, green(DECIDED)));
        // or has not
        serves("blue", 0, standing(journal, blue(), green()));
        assertThat(new Evidence("shop", "blue", journal, List.of(blue(), green())).mayLeaveFence())
                .isFalse();
        // a later one of ours
        undoneByTwoOnBlue(standing(List.of(withdrawn, SECOND_LINE), blue(), green()));
    }

    @Test
    void attemptsOfOthersAreOpenWhateverTheirNumberUntilThereIsAnOutcome() {
        var journal = List.of(OPEN_LINE);

        assertThat(others("abc", journal, blue(OPEN), green())).isEmpty();
        assertThat(others("xyz", journal, blue(OPEN), green())).containsExactly(OPEN.turn());
        assertThat(others("xyz", journal, blue(OPEN), green(DECIDED))).isEmpty();
        assertThat(others("xyz", journal, blue(OPEN, UNDONE), green())).isEmpty();
    }

    private static List<EpochRecord.Turn> others(
            String instance, List<Line> journal, Reading... readings) {
        return new Evidence("shop", "blue", journal, List.of(readings))
                .openOfOthers("blue", instance);
    }

    @Test
    void anOpenAttemptWhoseSourceCannotBeAskedIsHeld() {
        held(standing(List.of(OPEN_LINE), BLUE_AWAY, green()));
        held(standing(List.of(OPEN_LINE), BLUE_AWAY, GREEN_AWAY));
    }

    @Test
    void aDecisionThatTheJournalDoesNotKnowNeedsALaterEpoch() {
        // the source may carry an undo with epoch 2 that never reached the journal
        needsALaterEpoch(standing(List.of(OPEN_LINE), BLUE_AWAY, green(DECIDED)));
        // or that is under way there
        needsALaterEpoch(standing(List.of(OPEN_LINE), blue(OPEN), green(DECIDED)));
        needsALaterEpoch(standing(List.of(OPEN_LINE), blue(), green(DECIDED)));
    }

    private static void needsALaterEpoch(Standing standing) {
        assertThat(standing)
                .isInstanceOfSatisfying(
                        Standing.Serves.class,
                        it -> {
                            assertThat(it.server()).isEqualTo("green");
                            assertThat(it.renew()).isTrue();
                        });
    }

    /// With a third server in the configuration, which has nothing to do with it.
    @Test
    void aDecisionLeftTheServerThatItsAttemptBeganOn() {
        var old = new Reading.Rows("old", List.of());
        var evidence =
                new Evidence(
                        "shop",
                        "blue",
                        List.of(OPEN_LINE),
                        List.of(old, BLUE_AWAY, green(DECIDED)));

        assertThat(evidence.lastDecision())
                .hasValueSatisfying(decision -> assertThat(decision.from()).isEqualTo("blue"));
    }

    @Test
    void aJournalledDecisionLeadsOnWhateverIsAway() {
        var journal = List.of(OPEN_LINE, DECIDED_LINE);

        serves("green", 1, standing(journal, blue(OPEN), GREEN_AWAY));
        serves("green", 1, standing(journal, BLUE_AWAY, GREEN_AWAY));
        serves("green", 1, standing(journal, BLUE_AWAY, green(DECIDED)));
    }

    @Test
    void anUndoCountsMoreThanADecisionWhoseAnswerWasLost() {
        serves("blue", 2, standing(List.of(OPEN_LINE), blue(OPEN, UNDONE), green(DECIDED)));
        serves("blue", 2, standing(List.of(OPEN_LINE, UNDONE_LINE), BLUE_AWAY, green(DECIDED)));
        serves("blue", 2, standing(List.of(), blue(OPEN, UNDONE), green(DECIDED)));
        serves("blue", 2, standing(List.of(), blue(OPEN, UNDONE), GREEN_AWAY));
    }

    @Test
    void withoutAJournalAnOpenAttemptIsSettledOnlyWhenBothCanBeAsked() {
        held(standing(List.of(), blue(OPEN), GREEN_AWAY));
        undoneByTwoOnBlue(standing(List.of(), blue(OPEN), green()));
        serves("green", 1, standing(List.of(), blue(OPEN), green(DECIDED)));
    }

    @Test
    void withoutAJournalATargetAloneIsTrustedOnlyWhenTheSourceKnewOfItsDecision() {
        // the source may carry an undo
        held(standing(List.of(), BLUE_AWAY, green(DECIDED)));
        serves("green", 1, standing(List.of(), BLUE_AWAY, green(SETTLED)));
    }

    @Test
    void aServerThatWasLeftDoesNotServeAlone() {
        var told = record(1, EpochRecord.Kind.DECIDED, "green", "{\"v\":1}");

        held(standing(List.of(), blue(told), GREEN_AWAY));
    }

    @Test
    void rehearsalsMeanNothing() {
        var dry = record(-1, EpochRecord.Kind.DRY, "green", "");

        serves(
                "blue",
                0,
                standing(List.of(line(Line.Kind.DRY, -1, "blue", "green")), blue(dry), green(dry)));
    }

    @Test
    void epochsAndAttemptsAreNewEverywhere() {
        var evidence =
                new Evidence(
                        "shop",
                        "blue",
                        List.of(line(Line.Kind.DRY, -7, "blue", "green")),
                        List.of(blue(OPEN, UNDONE), green(DECIDED)));

        assertThat(evidence.highestEpoch()).isEqualTo(2);
        assertThat(evidence.highestAttempt()).isEqualTo(1);
        assertThat(new Evidence("shop", "blue", List.of(), List.of()).highestEpoch()).isZero();
    }

    @Test
    void theLastDecisionIsFoundBehindAnAttemptToComeBackThatWasUndone() {
        var backOpen =
                new EpochRecord(
                        new EpochRecord.Turn(2, 2, "blue", "abc"),
                        EpochRecord.Kind.OPEN,
                        List.of("shop"),
                        Line.Positions.NONE,
                        "");
        var backUndone =
                new EpochRecord(
                        new EpochRecord.Turn(3, 2, "green", "abc"),
                        EpochRecord.Kind.UNDONE,
                        List.of("shop"),
                        Line.Positions.NONE,
                        "");
        var told = record(1, EpochRecord.Kind.DECIDED, "green", "");
        var evidence =
                new Evidence(
                        "shop",
                        "blue",
                        List.of(),
                        List.of(blue(told), green(SETTLED, backOpen, backUndone)));

        serves("green", 3, evidence.standing());
        assertThat(evidence.lastDecision())
                .hasValueSatisfying(
                        decision -> {
                            assertThat(decision.epoch()).isEqualTo(1);
                            assertThat(decision.from()).isEqualTo("blue");
                        });
    }

    @Test
    void aDecisionThatWasUndoneIsNoDecision() {
        var evidence =
                new Evidence(
                        "shop", "blue", List.of(), List.of(blue(OPEN, UNDONE), green(DECIDED)));

        assertThat(evidence.lastDecision()).isEmpty();
    }

    @Test
    void aNameThatLeadsToAnotherServerThanTheDecisionMeantDoesNotServe() {
        var fenced = record(1, EpochRecord.Kind.DECIDED, "green", "{\"old\":true}");
        var known = List.of(OPEN_LINE, DECIDED_LINE);

        // a new server has the name, and the one that decided another; with the journal and without
        held(standing(known, blue(SETTLED), green()));
        held(standing(List.of(), blue(SETTLED), green()));
        // both names lead to new servers
        held(standing(known, blue(), green()));
        // the two were exchanged: with a fence, and without
        held(standing(known, blue(SETTLED), green(fenced)));
        held(standing(known, blue(DECIDED), green(fenced)));
        held(standing(known, blue(SETTLED), green(DECIDED)));
        // as it should be
        serves("green", 1, standing(known, blue(fenced), green(SETTLED)));
        serves("green", 1, standing(known, blue(fenced), green(DECIDED)));
        serves("green", 1, standing(known, BLUE_AWAY, green(DECIDED)));
        // an attempt that was undone leaves its word on one server alone
        serves("blue", 2, standing(List.of(), blue(OPEN, UNDONE), green()));
        held(standing(List.of(), blue(), green(OPEN, UNDONE)));
        // and none when it was aborted
        serves("blue", 2, standing(List.of(OPEN_LINE, UNDONE_LINE), blue(), green()));
    }

    @Test
    void whatNobodyMayAskIsNotDoubted() {
        serves(
                "green",
                1,
                standing(
                        List.of(OPEN_LINE, DECIDED_LINE),
                        new Reading.Unasked("blue"),
                        new Reading.Unasked("green")));
    }
}
