package dev.pointsman.core.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

class MeterTest {
    private final Meter meter = new Meter("1.2.3");

    @AfterEach
    void close() {
        meter.close();
    }

    @Test
    void everyOutcomeExistsAtZeroBeforeTheFirstCutover() {
        // when
        meter.database("shop");

        // then
        assertThat(meter.scrape().lines())
                .contains(
                        "pointsman_cutovers_total{database=\"shop\",outcome=\"switched\"} 0.0",
                        "pointsman_cutovers_total{database=\"shop\",outcome=\"rehearsed\"} 0.0",
                        "pointsman_cutovers_total{database=\"shop\",outcome=\"refused\"} 0.0",
                        "pointsman_cutovers_total{database=\"shop\",outcome=\"rolled_back\"} 0.0",
                        "pointsman_cutovers_total{database=\"shop\",outcome=\"unknown\"} 0.0");
    }

    @Test
    void whatIsCountedIsScraped() {
        // given
        var shop = meter.database("shop");

        // when
        shop.transaction(0);
        shop.query(Duration.ofMillis(4).toNanos());
        shop.bytes(DatabaseMeter.Direction.SENT, 70);
        shop.error(DatabaseMeter.Origin.SERVER, "23505");
        shop.error(DatabaseMeter.Origin.SERVER, "23505");
        shop.cutover(DatabaseMeter.Outcome.SWITCHED);
        shop.phase("drain", Duration.ofMillis(2));

        // then
        assertThat(meter.scrape().lines())
                .contains(
                        "pointsman_transactions_total{database=\"shop\"} 1.0",
                        "pointsman_queries_total{database=\"shop\"} 1.0",
                        "pointsman_query_duration_seconds_bucket{database=\"shop\",le=\"0.003\"} 0",
                        "pointsman_query_duration_seconds_bucket{database=\"shop\",le=\"0.005\"} 1",
                        "pointsman_query_duration_seconds_sum{database=\"shop\"} 0.004",
                        "pointsman_bytes_total{database=\"shop\",direction=\"sent\"} 70.0",
                        "pointsman_bytes_total{database=\"shop\",direction=\"received\"} 0.0",
                        "pointsman_errors_total{database=\"shop\",origin=\"server\",sqlstate=\"23505\"}"
                            + " 2.0",
                        "pointsman_cutovers_total{database=\"shop\",outcome=\"switched\"} 1.0",
                        "pointsman_cutover_phase_duration_seconds_count{database=\"shop\",phase=\"drain\"}"
                            + " 1");
    }

    @Test
    void thePauseIsAHistogramFromOneMillisecondToTenSeconds() {
        // given
        var shop = meter.database("shop");

        // when
        shop.pause(Duration.ofMillis(1));
        shop.pause(Duration.ofSeconds(11));

        // then
        assertThat(meter.scrape().lines())
                .contains(
                        "pointsman_cutover_pause_seconds_bucket{database=\"shop\",le=\"0.001\"} 1",
                        "pointsman_cutover_pause_seconds_bucket{database=\"shop\",le=\"10.0\"} 1",
                        "pointsman_cutover_pause_seconds_bucket{database=\"shop\",le=\"+Inf\"} 2");
    }

    @Test
    void aGaugeSaysWhatItsSupplierSaysAndIsGoneWhenForgotten() {
        // given
        var epoch = new AtomicLong(7);
        var shop = meter.database("shop");
        shop.gauge(Metric.ROUTE_EPOCH, epoch::get);
        shop.gauge(Metric.SLOT_RETAINED_BYTES, () -> 5, "a");
        shop.gauge(Metric.SLOT_RETAINED_BYTES, () -> Double.NaN, "b");

        // when
        epoch.set(8);
        var before = meter.scrape();
        shop.forget(Metric.SLOT_RETAINED_BYTES);

        // then
        assertThat(before.lines())
                .contains(
                        "pointsman_route_epoch{database=\"shop\"} 8.0",
                        "pointsman_slot_retained_bytes{database=\"shop\",slot=\"a\"} 5.0")
                .noneMatch(line -> line.contains("slot=\"b\""));
        assertThat(meter.scrape()).doesNotContain("slot=\"a\"");
    }

    @Test
    void theBuildTheVirtualMachineAndTheProcessShowThemselves() {
        assertThat(meter.scrape())
                .contains("pointsman_build_info{")
                .contains("version=\"1.2.3\"")
                .contains("jvm_memory_used_bytes")
                .contains("process_uptime_seconds");
    }

    @Test
    void aWrongNumberOfLabelValuesIsRefused() {
        assertThatThrownBy(() -> meter.gauge(Metric.ROUTE_SERVING, () -> 1, "shop"))
                .hasMessageContaining("pointsman_route_serving")
                .hasMessageContaining("[database, server]");
    }

    @Test
    void endlesslyManySqlstatesEndInOther() {
        // given
        var shop = meter.database("shop");

        // when
        for (var i = 0; i < 1000; i++) {
            shop.error(DatabaseMeter.Origin.SERVER, "X%04d".formatted(i));
        }

        // then
        var series =
                meter.scrape().lines().filter(line -> line.startsWith("pointsman_errors")).toList();
        assertThat(series).hasSize(101).anyMatch(line -> line.contains("sqlstate=\"other\""));
    }
}
