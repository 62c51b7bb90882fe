package dev.pointsman.admin.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.ByteConverter;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

class CellFormatTest {

    @Test
    void millisecondsHaveThreeDecimals() {
        assertThat(CellFormat.text(Cell.millis(Duration.ofNanos(12_345_678)))).isEqualTo("12.346");
        assertThat(CellFormat.text(Cell.millis(Duration.ZERO))).isEqualTo("0.000");
        assertThat(CellFormat.text(Cell.millis(Duration.ofSeconds(90)))).isEqualTo("90000.000");
    }

    @Test
    void timesAreWrittenInUtcWithTheirOffset() {
        assertThat(CellFormat.text(Cell.of(Instant.parse("2026-02-03T04:05:06.000789Z"))))
                .isEqualTo("2026-02-03 04:05:06.000789+00");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.000",
                "12.346",
                "-0.001",
                "10000.000",
                "99999999.999",
                "0.5",
                "7",
                "123456789012345678",
                "10000",
                "0.0001"
            })
    void aNumericInBinaryIsReadBackByTheDriver(String text) {
        var bytes =
                CellFormat.BINARY.bytes(new Cell.Decimal(new BigDecimal(text)), ColumnType.NUMERIC);

        assertThat(ByteConverter.numeric(bytes)).isEqualTo(new BigDecimal(text));
    }

    @Test
    void wholeNumbersHaveTheWidthOfTheirColumn() {
        assertThat(CellFormat.BINARY.bytes(Cell.of(258), ColumnType.INT4))
                .containsExactly(0, 0, 1, 2);
        assertThat(CellFormat.BINARY.bytes(Cell.of(258), ColumnType.INT8))
                .containsExactly(0, 0, 0, 0, 0, 0, 1, 2);
    }

    @Test
    void aTimeInBinaryCountsMicrosecondsSince2000() {
        var bytes =
                CellFormat.BINARY.bytes(
                        Cell.of(Instant.parse("2000-01-01T00:00:01Z")), ColumnType.TIMESTAMPTZ);

        assertThat(ByteConverter.int8(bytes, 0)).isEqualTo(1_000_000);
    }

    @Test
    void textAndFlagsAreTheSameForEveryDriver() {
        assertThat(CellFormat.BINARY.bytes(Cell.of("é"), ColumnType.TEXT))
                .isEqualTo("é".getBytes(StandardCharsets.UTF_8));
        assertThat(CellFormat.text(Cell.of(true))).isEqualTo("t");
        assertThat(CellFormat.BINARY.bytes(Cell.of(true), ColumnType.BOOL)).containsExactly(1);
    }

    @Test
    void aRowThatDoesNotFitItsColumnsIsAFault() {
        var rows = Rows.under(Column.list("a b:int4")).row(Cell.of("x"));

        assertThatThrownBy(() -> rows.build("SHOW")).isInstanceOf(IllegalArgumentException.class);
        assertThat(Column.list("a b:int4"))
                .isEqualTo(
                        List.of(
                                new Column("a", ColumnType.TEXT),
                                new Column("b", ColumnType.INT4)));
    }
}
