package dev.pointsman.admin.rows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// Writes a cell as PostgreSQL would: the text format, or the binary one where a driver asks for
/// it.
public enum CellFormat {
    TEXT(0),
    BINARY(1);

    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final Instant EPOCH_2000 = Instant.parse("2000-01-01T00:00:00Z");
    private static final BigInteger NUMERIC_BASE = BigInteger.valueOf(10_000);
    private static final int NUMERIC_DIGIT_SCALE = 4;
    private static final int NUMERIC_NEGATIVE = 0x4000;

    private final int code;

    CellFormat(int code) {
        this.code = code;
    }

    /// As on the wire.
    public int code() {
        return code;
    }

    /// The value's bytes. NULL has none: ask [#isNull] first.
    public byte[] bytes(Cell cell, ColumnType type) {
        return switch (this) {
            case TEXT -> text(cell).getBytes(StandardCharsets.UTF_8);
            case BINARY -> binary(cell, type);
        };
    }

    public static boolean isNull(Cell cell) {
        return cell instanceof Cell.Absent;
    }

    /// As psql shows it.
    public static String text(Cell cell) {
        return switch (cell) {
            case Cell.Text(var value) -> value;
            case Cell.Whole(var value) -> Long.toString(value);
            case Cell.Decimal(var value) -> value.toPlainString();
            case Cell.At(var value) -> TIMESTAMP.format(value) + "+00";
            case Cell.Flag(var value) -> value ? "t" : "f";
            case Cell.Absent() -> "";
        };
    }

    private static byte[] binary(Cell cell, ColumnType type) {
        return switch (cell) {
            case Cell.Text(var value) -> value.getBytes(StandardCharsets.UTF_8);
            case Cell.Whole(var value) -> whole(value, type);
            case Cell.Decimal(var value) -> numeric(value);
            case Cell.At(var value) -> longBytes(micros(value));
            case Cell.Flag(var value) -> new byte[] {(byte) (value ? 1 : 0)};
            case Cell.Absent() -> new byte[0];
        };
    }

    private static byte[] whole(long value, ColumnType type) {
        return switch (type) {
            case INT4 -> ByteBuffer.allocate(Integer.BYTES).putInt(Math.toIntExact(value)).array();
            case INT8 -> longBytes(value);
            case NUMERIC -> numeric(BigDecimal.valueOf(value));
            case TEXT -> Long.toString(value).getBytes(StandardCharsets.UTF_8);
            case BOOL, TIMESTAMPTZ ->
                    throw new IllegalStateException("a whole number in a column of type " + type);
        };
    }

    private static byte[] longBytes(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    private static long micros(Instant at) {
        return Duration.between(EPOCH_2000, at).toNanos() / 1_000;
    }

    /// Digits in base 10,000 with the weight of the first and the decimals to show.
    private static byte[] numeric(BigDecimal value) {
        int shownScale = Math.max(0, value.scale());
        int digitsAfterPoint = (shownScale + NUMERIC_DIGIT_SCALE - 1) / NUMERIC_DIGIT_SCALE;
        var rest = value.abs().setScale(digitsAfterPoint * NUMERIC_DIGIT_SCALE).unscaledValue();
        List<Integer> digits = new ArrayList<>();
        while (rest.signum() != 0) {
            var parts = rest.divideAndRemainder(NUMERIC_BASE);
            digits.add(parts[1].intValue());
            rest = parts[0];
        }
        int weight = digits.size() - digitsAfterPoint - 1;
        Collections.reverse(digits);
        var out = ByteBuffer.allocate(Short.BYTES * (4 + digits.size()));
        out.putShort((short) digits.size());
        out.putShort((short) weight);
        out.putShort((short) (value.signum() < 0 ? NUMERIC_NEGATIVE : 0));
        out.putShort((short) shownScale);
        digits.forEach(digit -> out.putShort(digit.shortValue()));
        return out.array();
    }
}
