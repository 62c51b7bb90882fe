package dev.pointsman.core.meter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

class MetricsReferenceTest {
    private static final Path REFERENCE = Path.of("../docs/reference/metrics.md");

    @Test
    void theReferenceListsExactlyTheMetricsThatExist() throws Exception {
        assertThat(rows(Files.readAllLines(REFERENCE))).isEqualTo(expected());
    }

    @Test
    void aPlantedFaultOfTheReferenceIsFound() throws Exception {
        var page = Files.readAllLines(REFERENCE);
        for (var row : expected()) {
            var without = page.stream().filter(line -> !line.equals(row)).toList();
            assertThat(rows(without)).as("without " + row).isNotEqualTo(expected());
        }
    }

    private static List<String> expected() {
        return Arrays.stream(Metric.values()).map(MetricsReferenceTest::line).toList();
    }

    private static List<String> rows(List<String> page) {
        return page.stream().filter(line -> line.startsWith("| `pointsman_")).toList();
    }

    @Test
    void everyMetricOfTheListIsScrapedOnceItHasASeries() {
        // given
        try (var meter = new Meter("1.0")) {
            for (var metric : Metric.values()) {
                var labels = metric.labels().toArray(String[]::new);
                switch (metric.kind()) {
                    case COUNTER -> meter.family(metric).counter(labels).increment();
                    case GAUGE, INFO -> meter.gauge(metric, () -> 1, labels);
                    case HISTOGRAM -> meter.family(metric).histogram(labels).record(1);
                }
            }

            // when
            var scrape = meter.scrape();

            // then
            for (var metric : Metric.values()) {
                assertThat(scrape)
                        .contains("# HELP " + metric.fullName() + " " + metric.help())
                        .containsPattern("\n" + metric.fullName() + "(_count)?[ {]");
            }
        }
    }

    static String line(Metric metric) {
        return "| `%s` | %s | %s | %s |"
                .formatted(
                        metric.fullName(),
                        metric.kind().name().toLowerCase(Locale.ROOT),
                        metric.labels().stream()
                                .map(label -> "`" + label + "`")
                                .collect(Collectors.joining(", ")),
                        metric.help());
    }
}
