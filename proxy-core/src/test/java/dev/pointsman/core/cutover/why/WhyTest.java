package dev.pointsman.core.cutover.why;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Shop;
import dev.pointsman.core.cutover.fence.OldValues;
import dev.pointsman.core.cutover.journal.Line;
import dev.pointsman.core.cutover.record.EpochRecord;
import dev.pointsman.core.cutover.record.Evidence;
import dev.pointsman.core.cutover.record.Reading;

import org.junit.jupiter.api.Test;

import java.util.List;

class WhyTest {
    @Test
    void aServerThatCannotBeAskedStandsAsACommentBesideTheSqlOfTheOthers() throws Exception {
        // given
        var fence = new OldValues(-1, "", false, OldValues.Rights.NONE).toJson();
        var fenced =
                new EpochRecord(
                        new EpochRecord.Turn(3, 7, "green", "abc"),
                        EpochRecord.Kind.DECIDED,
                        List.of("shop"),
                        Line.Positions.NONE,
                        fence);

        // when
        var sql =
                lifting(
                        new Reading.Rows("blue", List.of(fenced)),
                        new Reading.Unreadable("green", "connection refused\n  is it down?"));

        // then
        assertThat(sql)
                .startsWith(
                        "-- on server blue (127.0.0.1:5432), in database shop, fenced by attempt 7")
                .endsWith(
                        "-- server green cannot be asked: connection refused; is it down?; a fence"
                                + " may stand there: run this again when it answers");
    }

    @Test
    void whereNothingIsFencedThereIsNothingToRun() throws Exception {
        assertThat(
                        lifting(
                                new Reading.Rows("blue", List.of()),
                                new Reading.Rows("green", List.of())))
                .isEmpty();
    }

    private static List<String> lifting(Reading blue, Reading green) throws Exception {
        return Why.liftingSql(
                Shop.database(),
                new Evidence("shop", "blue", List.of(), List.of(blue, green)),
                (_, old) -> old);
    }
}
