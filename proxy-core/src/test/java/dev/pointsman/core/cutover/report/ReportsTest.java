package dev.pointsman.core.cutover.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class ReportsTest {
    @TempDir Path state;

    /// No two of its facts look alike.
    private static Report report(long id, String... warnings) {
        return new Report(
                new Report.Subject(id, List.of("shop", "stock"), "blue", "green", 7_002),
                new Report.Asked(
                        Instant.parse("2026-03-04T05:06:07.089Z").plusSeconds(id),
                        new Requester("olga", "192.0.2.17"),
                        /* dryRun= */ false,
                        Set.of("lag", "strays"),
                        new Report.Versions("1.2.3", "14.20", "18.6")),
                new Report.Ending(
                        Outcome.SWITCHED,
                        Stage.AFTER,
                        "green serves",
                        List.of(warnings),
                        List.of(
                                phase(Stage.DRAIN, 601_257, 2_628, "3 inside"),
                                phase(Stage.MARK, 603_885, 5_072, "source at 0/1CB7DF0"))),
                new Report.Pause(
                        Duration.ofNanos(15_601_000),
                        Duration.ofNanos(14_902_000),
                        Optional.of(
                                new Report.Waited(
                                        Duration.ofNanos(17_903_000), Duration.ofNanos(8_904_000))),
                        new Report.Clients(31, 32, 33, 34, 35, 36_037)),
                new Report.Evidence(
                        "0/1CB7DF0", "0/1847308", 7_041, 7_042, List.of("pid 7043 of ada")));
    }

    private static Phase phase(Stage stage, long atMicros, long tookMicros, String detail) {
        return new Phase(
                stage,
                Duration.ofNanos(atMicros * 1_000),
                Duration.ofNanos(tookMicros * 1_000),
                detail,
                /* over= */ true);
    }

    /// As people read them, but for the report's own format and for `dry_run`, which is a word.
    private static Stream<String> facts(Object value) {
        return switch (value) {
            case Map<?, ?> map ->
                    map.entrySet().stream()
                            .filter(fact -> !fact.getKey().equals("version"))
                            .flatMap(fact -> facts(fact.getValue()));
            case List<?> list -> list.stream().flatMap(ReportsTest::facts);
            case Double number -> Stream.of(String.format(Locale.ROOT, "%.3f", number));
            case Boolean _ -> Stream.of();
            default -> Stream.of(value.toString());
        };
    }

    @Test
    void peopleReadTheSameFactsAsPrograms() {
        var report = report(9, "the target is cold");

        var facts = facts(ReportJson.fields(report)).toList();

        assertThat(facts).hasSizeGreaterThan(35);
        assertThat(ReportText.write(report)).contains(facts).startsWith("Cutover 9");
    }

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        var report = report(9, "the target is cold");

        assertThat(ReportJson.read(ReportJson.write(report))).isEqualTo(report);
    }

    @Test
    void aReportFromBeforeWaitsWereMeasuredIsReadWithoutThem() throws Exception {
        // given
        var older =
                ReportJson.write(report(9))
                        .lines()
                        .filter(line -> !line.contains("_wait_ms"))
                        .collect(Collectors.joining("\n"));

        // when
        var report = ReportJson.read(older);

        // then
        assertThat(report.pause().waited()).isEmpty();
        assertThat(report.longestHoldMs()).isEqualTo(14.902);
        assertThat(ReportText.write(report)).doesNotContain("wait of a client");
    }

    private Reports open() {
        return Reports.open(
                state,
                (name, text) -> {
                    var file = state.resolve(name);
                    Files.createDirectories(file.resolveSibling("."));
                    Files.writeString(file, text);
                });
    }

    @Test
    void reportsOutliveTheirProcessInTheirOrderAndThoseThatCannotBeReadAreLeftOut()
            throws Exception {
        // given
        var before = open();
        for (var id : List.of(10L, 9L, 11L)) {
            before.add(report(id));
        }
        Files.writeString(state.resolve("reports/shop-000012.json"), "{\"version\": 1");

        // then
        assertThat(open().all()).containsExactly(report(9), report(10), report(11));
        assertThat(open().highestId("stock")).isEqualTo(11);
    }

    @Test
    void aPauseThatAFailureCutShortIsNoForecast() {
        var reports = open();
        reports.add(report(1));
        reports.add(report(2, "the target is cold", Trouble.failed("blue is gone")));

        assertThat(reports.lastPause("shop", "green")).contains(report(1));
        assertThat(reports.lastPause("shop", "blue")).isEmpty();
    }
}
