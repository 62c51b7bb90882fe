package dev.pointsman.core.migration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

class ReplicationNamesTest {
    @Test
    void namesCarryDatabaseNumberAndDirection() {
        var names = new ReplicationNames("shop", 2);
        assertThat(names.slot(Direction.FORWARD)).isEqualTo("pointsman_shop_2");
        assertThat(names.subscription(Direction.BACK)).isEqualTo("pointsman_shop_2_back");
        assertThat(names.canary(Direction.FORWARD)).isEqualTo("pointsman_shop_2_canary");
        assertThat(names.canary(Direction.BACK)).isEqualTo("pointsman_shop_2_canary_back");
    }

    @Test
    void namesOfDifferentDatabasesDiffer() {
        // given: what becomes alike once it is made plain, or once it is cut
        var long1 = "x".repeat(60);
        var databases = List.of("a_b", "a-b", "a.b", "A_b", long1, long1 + "y", "é");
        // when
        Set<String> slots = new TreeSet<>();
        for (var database : databases) {
            slots.add(new ReplicationNames(database, 1).slot(Direction.FORWARD));
        }
        // then
        assertThat(slots).hasSameSizeAs(databases);
    }

    @Test
    void namesAreGoodForSlotsWhateverTheDatabaseIsCalled() {
        for (var database : List.of("x".repeat(200), "Größe \"1\"", "1", "_")) {
            var name = new ReplicationNames(database, 99).canary(Direction.BACK);
            assertThat(name).matches("[a-z0-9_]{1,63}");
        }
    }

    @Test
    void onlyWhatIsNotUnsafeCanBeAccepted() {
        var check =
                new Check("a", "blue", "", Check.Verdict.FAIL, "", "", Check.Blocks.MIGRATE, false);
        assertThat(check.stops(Check.Blocks.MIGRATE, Set.of())).isTrue();
        assertThat(check.stops(Check.Blocks.MIGRATE, Set.of("a"))).isFalse();
        assertThat(check.stops(Check.Blocks.CUTOVER, Set.of())).isFalse();
        var unsafe =
                new Check(
                        "a", "blue", "", Check.Verdict.UNKNOWN, "", "", Check.Blocks.MIGRATE, true);
        assertThat(unsafe.stops(Check.Blocks.MIGRATE, Set.of("a"))).isTrue();
    }
}
