package dev.pointsman.cli.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;

class VerdictTest {
    private final Ledger ledger = Ledger.of(7);
    private final Recording recording = new Recording();
    private final Page page = ledger.page();
    private final Map<Long, Integer> copies = new HashMap<>();

    @Test
    void aRunWhoseWritesAreAllThereOnceIsClean() {
        // given
        acknowledged();
        acknowledged();
        // then
        assertThat(verdict().clean()).isTrue();
        assertThat(verdict().acknowledged()).isEqualTo(2);
    }

    @Test
    void aRunWithoutASingleWriteProvesNothing() {
        assertThat(verdict().clean()).isFalse();
    }

    @Test
    void anAcknowledgedWriteThatIsNotThereIsLost() {
        // given
        acknowledged();
        copies.remove(acknowledged());
        // then
        assertThat(verdict().lost()).isEqualTo(1);
        assertThat(verdict().duplicated()).isZero();
        assertThat(verdict().clean()).isFalse();
    }

    @Test
    void aWriteThatIsThereThreeTimesIsDuplicatedTwice() {
        // given
        copies.put(acknowledged(), 3);
        // then
        assertThat(verdict().duplicated()).isEqualTo(2);
        assertThat(verdict().lost()).isZero();
        assertThat(verdict().clean()).isFalse();
    }

    @Test
    void aWriteOfUnknownOutcomeMayBeThereOnce() {
        // given
        acknowledged();
        page.next();
        copies.put(page.next(), 1);
        // then
        assertThat(verdict().clean()).isTrue();
        assertThat(verdict().unacknowledged()).isEqualTo(1);
    }

    @Test
    void aWriteOfUnknownOutcomeMayNotBeThereTwice() {
        // given
        acknowledged();
        copies.put(page.next(), 2);
        // then
        assertThat(verdict().duplicated()).isEqualTo(1);
    }

    @Test
    void aWriteThatNobodySentIsADouble() {
        // given
        acknowledged();
        copies.put(ledger.last(), 1);
        // then
        assertThat(verdict().duplicated()).isEqualTo(1);
        assertThat(verdict().unacknowledged()).isZero();
    }

    @Test
    void aTransactionOfWhichOnlyAPartIsThereIsLost() {
        // given
        acknowledged();
        // then
        assertThat(verdict(new Contents(copies, 1, 0, 0)).lost()).isEqualTo(1);
        assertThat(verdict(new Contents(copies, 0, 1, 0)).lost()).isEqualTo(1);
        assertThat(verdict(new Contents(copies, 0, 0, 1)).duplicated()).isEqualTo(1);
    }

    @Test
    void anErrorThatAClientSawCountsAndIsTold() {
        // given
        acknowledged();
        recording.error("single write", "57P01 going away\n  now");
        // then
        assertThat(verdict().clean()).isFalse();
        assertThat(verdict().errors()).isEqualTo(1);
        assertThat(verdict().examples()).containsExactly("single write: 57P01 going away; now");
    }

    @Test
    void pagesAndRunsDoNotShareIds() {
        // given
        var other = ledger.page();
        // then
        assertThat(page.next()).isNotEqualTo(other.next());
        assertThat(Ledger.of(8).first()).isGreaterThan(ledger.last());
        assertThat(Ledger.ofRandomRun().first()).isPositive();
    }

    private long acknowledged() {
        var id = page.next();
        page.acknowledged(id);
        copies.put(id, 1);
        return id;
    }

    private Verdict verdict() {
        return verdict(new Contents(copies, 0, 0, 0));
    }

    private Verdict verdict(Contents contents) {
        return Verdict.of(ledger, contents, recording);
    }
}
