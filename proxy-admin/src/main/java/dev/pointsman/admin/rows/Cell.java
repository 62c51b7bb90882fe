package dev.pointsman.admin.rows;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// One value of a row. [Absent] is NULL.
public sealed interface Cell {
    record Text(String value) implements Cell {}

    record Whole(long value) implements Cell {}

    record Decimal(BigDecimal value) implements Cell {}

    record At(Instant value) implements Cell {}

    record Flag(boolean value) implements Cell {}

    record Absent() implements Cell {}

    Cell ABSENT = new Absent();

    static Cell of(String value) {
        return new Text(value);
    }

    static Cell of(long value) {
        return new Whole(value);
    }

    static Cell of(boolean value) {
        return new Flag(value);
    }

    static Cell of(Instant value) {
        return new At(value);
    }

    /// Milliseconds with three decimals, as in every `*_ms` column.
    static Cell millis(Duration value) {
        return new Decimal(
                BigDecimal.valueOf(value.toNanos()).divide(MILLION, 3, RoundingMode.HALF_UP));
    }

    /// NULL for an empty text.
    static Cell orAbsent(String value) {
        return value.isEmpty() ? ABSENT : new Text(value);
    }

    static Cell words(Enum<?> value) {
        return new Text(value.name().toLowerCase(Locale.ROOT));
    }

    BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
}
