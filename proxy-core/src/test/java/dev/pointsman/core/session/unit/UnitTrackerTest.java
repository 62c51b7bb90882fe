package dev.pointsman.core.session.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.wire.TransactionStatus;

import org.junit.jupiter.api.Test;

/// Conversations as PostgreSQL has them: `>` and what the client sends, `<` and what the server
/// answers, by type letters. `I`, `T`, `E` behind a `Z` are its status.
class UnitTrackerTest {
    private final UnitTracker tracker = new UnitTracker();

    @Test
    void aQueryIsOverWithItsReadyForQuery() {
        play("> Q");
        assertThat(tracker.due()).isOne();
        assertThat(tracker.quiet()).isFalse();

        play("< T D C ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void anOpenTransactionBlockIsNotQuiet() {
        play("> Q < C ZT");

        assertThat(tracker.quiet()).isFalse();
        assertThat(tracker.atUnitBoundary()).isTrue();
        assertThat(tracker.running()).isFalse();
    }

    @Test
    void anExtendedRunIsOpenUntilItsSyncIsAnswered() {
        play("> P B D E < 1 2 T D C");
        assertThat(tracker.unitOpen()).isTrue();
        assertThat(tracker.running()).isFalse();
        assertThat(tracker.quiet()).isFalse();

        play("> S");
        assertThat(tracker.unitOpen()).isFalse();
        assertThat(tracker.running()).isTrue();

        play("< ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void aPipelineIsQuietOnlyWhenItsLastUnitIsAnswered() {
        play("> Q P B E S Q < C ZI 1 2 C ZI");
        assertThat(tracker.due()).isOne();
        assertThat(tracker.quiet()).isFalse();

        play("< C ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void afterAnErrorOfTheExtendedProtocolAQueryBeforeTheSyncIsNotAnswered() {
        play("> P B E Q S");
        assertThat(tracker.due()).isEqualTo(2);

        play("< 1 E");
        assertThat(tracker.due()).isOne();

        play("< ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void aQueryThatFailsBehindAnsweredExtendedMessagesIsAnsweredOnItsOwn() {
        play("> P B E Q S < 1 2 C E");
        assertThat(tracker.due()).isEqualTo(2);

        play("< ZI ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void whatFollowsAnErrorIsDiscardedUpToASyncThatIsYetToCome() {
        play("> P B E < 1 E");
        assertThat(tracker.discarding()).isTrue();
        assertThat(tracker.running()).isFalse();

        play("> Q P B E");
        assertThat(tracker.due()).isZero();

        play("> S");
        assertThat(tracker.due()).isOne();
        play("< ZE");
        assertThat(tracker.atUnitBoundary()).isTrue();
        assertThat(tracker.status()).isEqualTo(TransactionStatus.FAILED);
    }

    @Test
    void aSimpleCopyTakesDataUntilItsEnd() {
        play("> Q < G");
        assertThat(tracker.takesCopyData()).isTrue();

        play("> d d c");
        assertThat(tracker.takesCopyData()).isFalse();
        assertThat(tracker.quiet()).isFalse();

        play("< C ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void aCopyThatWasSentInOneGoIsOverWithItsAnswer() {
        play("> Q d d c Q < G C ZI");
        assertThat(tracker.takesCopyData()).isFalse();
        assertThat(tracker.due()).isOne();

        play("< C ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void theSyncInFrontOfExtendedCopyDataIsIgnoredByTheServer() {
        play("> P B E S < 1 2 G");
        assertThat(tracker.due()).isZero();
        assertThat(tracker.takesCopyData()).isTrue();

        play("> d d c S < C ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void anExtendedCopyInOnePipelineGivesOneReadyForQuery() {
        play("> P B E S d c S Q < 1 2 G");
        assertThat(tracker.due()).isEqualTo(2);

        play("< C ZI");
        assertThat(tracker.due()).isOne();
        play("< C ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void aSimpleCopyThatFailsEndsAtOnceAndItsRestMeansNothing() {
        play("> Q < G > d d < E ZI");
        assertThat(tracker.quiet()).isTrue();

        play("> d c");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void anExtendedCopyThatFailsIsDiscardedUpToTheSyncBehindItsEnd() {
        play("> P B E S < 1 2 G > d < E > d c S");
        assertThat(tracker.due()).isOne();

        play("< ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void aCopyEndFromAFailedCopyDoesNotEndTheNextOne() {
        play("> Q < G > d < E ZI > Q d c < G");
        assertThat(tracker.takesCopyData()).isFalse();

        play("< C ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void twoCopiesInOneQueryTakeTheirDataInTurn() {
        play("> Q < G > d c < C G");
        assertThat(tracker.takesCopyData()).isTrue();

        play("> d c < C ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void aCopyOutNeedsNothingFromTheClient() {
        play("> Q < H d d c C ZI");

        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void aFunctionCallIsAnsweredWithOneReadyForQuery() {
        play("> F < V ZI");

        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void anErrorIsOursWhenItAnswersTheRefusal() {
        play("> P B");
        tracker.onRefusalSent();
        play("> E S");
        assertThat(tracker.refusalIsNext()).isFalse();

        play("< 1 2");
        assertThat(tracker.refusalIsNext()).isTrue();

        play("< E");
        assertThat(tracker.due()).isOne();
        play("< ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void anErrorInFrontOfTheRefusalTakesItAlong() {
        play("> P B");
        tracker.onRefusalSent();
        play("> S < 1");
        assertThat(tracker.refusalIsNext()).isFalse();

        play("< E ZI");
        assertThat(tracker.quiet()).isTrue();
    }

    @Test
    void aLongPipelineIsCountedRight() {
        for (int i = 0; i < 1_000; i++) {
            play("> P B E S Q");
        }
        assertThat(tracker.due()).isEqualTo(2_000);

        for (int i = 0; i < 1_000; i++) {
            assertThat(tracker.quiet()).isFalse();
            play("< 1 2 C ZI C ZI");
        }
        assertThat(tracker.quiet()).isTrue();
    }

    private void play(String script) {
        boolean toServer = true;
        for (String word : script.split(" ", -1)) {
            switch (word) {
                case ">" -> toServer = true;
                case "<" -> toServer = false;
                default -> {
                    if (toServer) {
                        tracker.onSent(word.charAt(0));
                    } else if (word.startsWith("Z")) {
                        tracker.onReady(TransactionStatus.of((byte) word.charAt(1)));
                    } else {
                        tracker.onReceived(word.charAt(0));
                    }
                }
            }
        }
    }
}
