package dev.pointsman.cli.bench.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.bench.tls.Pgbench.Traffic;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;

class PgbenchTest {
    @Test
    void whatPgbenchSaysOfARunIsRead() {
        var said =
                """
                transaction type: <builtin: select only>
                number of clients: 8
                duration: 4 s
                number of transactions actually processed: 41234
                number of failed transactions: 0 (0.000%)
                latency average = 0.776 ms
                tps = 10309.123456 (without initial connection time)
                """;
        assertThat(Traffic.read(said)).isEqualTo(new Traffic(41234, 10309.123456));
    }

    @Test
    void aRunWithoutFiguresIsAFailure() {
        assertThatThrownBy(() -> Traffic.read("pgbench: error: no connection"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("no connection");
    }

    @Test
    void latenciesAreReadFromItsLogAndThoseBeforeTheTimeLeftOut() {
        // given
        var log =
                List.of(
                        "3 16 9000 0 1732279999 999999 12",
                        "3 17 1203 0 1732280000 123456 88",
                        "0 18 404 0 1732280001 3456 8");

        // then
        assertThat(Pgbench.latencies(log, Instant.ofEpochSecond(1_732_280_000)))
                .containsExactly(0.404, 1.203);
    }
}
