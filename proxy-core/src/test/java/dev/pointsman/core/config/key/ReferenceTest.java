package dev.pointsman.core.config.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.config.file.ConfigFile;

import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The list of keys, the example, the reference and the defaults in code say the same.
class ReferenceTest {
    private static final Path ROOT = Path.of("..");
    private static final Path EXAMPLE = ROOT.resolve("config/pointsman.yaml");
    private static final Path CERTIFICATES = Path.of("src/test/resources/certs");
    private static final Path REFERENCE = ROOT.resolve("docs/reference/config.md");

    @Test
    void theReferenceListsExactlyTheKeysThatAreKnown() throws Exception {
        assertThat(rows(Files.readAllLines(REFERENCE))).isEqualTo(expected());
    }

    @Test
    void aPlantedFaultOfTheReferenceIsFound() throws Exception {
        var page = Files.readAllLines(REFERENCE);
        for (var row : expected()) {
            var without = page.stream().filter(line -> !line.equals(row)).toList();
            var other = page.stream().map(line -> line.equals(row) ? row + " |" : line).toList();
            assertThat(rows(without)).as("without " + row).isNotEqualTo(expected());
            assertThat(rows(other)).as("another " + row).isNotEqualTo(expected());
        }
    }

    private static List<String> expected() {
        return Setting.all().stream().map(ReferenceTest::line).sorted().toList();
    }

    private static List<String> rows(List<String> page) {
        return page.stream().filter(line -> line.startsWith("| `")).sorted().toList();
    }

    @Test
    void theExampleHasExactlyTheKeysThatAreKnown() throws Exception {
        assertThat(keys(Files.readString(EXAMPLE))).isEqualTo(paths());
    }

    @Test
    void aPlantedFaultOfTheExampleIsFound() throws Exception {
        var example = Files.readString(EXAMPLE);
        assertThat(keys(example + "\nlisten_port: 1\n")).isNotEqualTo(paths());
        assertThat(keys(example.replaceFirst("\nstate:", "\n# state:"))).isNotEqualTo(paths());
    }

    private static Set<String> keys(String yaml) {
        Object tree = new Yaml().load(yaml);
        var found = new TreeSet<String>();
        collect("", tree, found);
        return found;
    }

    private static Set<String> paths() {
        return Setting.all().stream()
                .map(Setting::path)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theExampleShowsTheDefaults() throws Exception {
        // given
        var rows = ConfigRows.of(example());

        // then
        assertThat(rows)
                .filteredOn(row -> !row.fallback().startsWith("("))
                .filteredOn(row -> !row.key().matches("state|.*grafana.role"))
                .hasSizeGreaterThan(30)
                .allSatisfy(row -> assertThat(spelt(row.value())).isEqualTo(spelt(row.fallback())));
    }

    @Test
    void theDefaultsInCodeAreThoseOfTheList() throws Exception {
        // given
        var example = example();

        // then
        assertThat(example.limits().withUsers(Map.of())).isEqualTo(Limits.defaults());
        assertThat(example.database("shop").limits().withUsers(Map.of()))
                .isEqualTo(Limits.defaults());
        var defaults = CutoverSettings.defaults();
        var shown = example.database("shop").cutover();
        assertThat(shown.ignoreStrangers()).containsExactly("datadog");
        assertThat(shown)
                .usingRecursiveComparison()
                .ignoringFields("ignoreStrangers")
                .isEqualTo(defaults);
    }

    @Test
    void everyKeyWithAValueIsShownByShowConfig() throws Exception {
        // given
        Set<String> shown =
                ConfigRows.of(example()).stream()
                        .map(
                                row ->
                                        row.key()
                                                .replaceAll(
                                                        "\\b(shop|blue|green|app|reports|operator|grafana)\\b",
                                                        "*"))
                        .collect(Collectors.toSet());
        var values =
                Setting.all().stream()
                        .filter(key -> !key.type().matches("section|names|.*or section"))
                        .filter(key -> !key.path().startsWith("databases.*.control."))
                        .filter(key -> key != DatabaseKey.CUTOVER_IGNORE_STRANGERS_USER)
                        .filter(key -> !key.path().startsWith("auth.rules.*"))
                        .map(key -> key.path().replaceFirst("^limits\\.", ""))
                        .toList();

        // then
        assertThat(shown).containsExactlyInAnyOrderElementsOf(values);
    }

    @Test
    void noPasswordIsShownByShowConfig() throws Exception {
        assertThat(ConfigRows.of(example()).toString()).doesNotContain("very secret");
    }

    private static Config example() throws Exception {
        var text =
                Files.readString(EXAMPLE)
                        .replace("file: secrets/reports", "command: echo very secret")
                        .replace("certs/", CERTIFICATES.toAbsolutePath() + "/");
        return ConfigFile.parse(
                text,
                "pointsman.yaml",
                Objects.requireNonNull(EXAMPLE.toAbsolutePath().getParent()),
                Map.of(
                        "POINTSMAN_OPERATOR_PASSWORD", "very secret",
                        "POINTSMAN_STATS_PASSWORD", "very secret",
                        "APP_PASSWORD", "very secret",
                        "APP_PASSWORD_GREEN", "very secret",
                        "USERS_PASSWORD", "very secret",
                        "CONTROL_PASSWORD", "very secret",
                        "CONTROL_PASSWORD_GREEN", "very secret"));
    }

    /// 120s and 2m are the same.
    private static String spelt(String value) {
        return Values.duration(value).map(Values::text).orElse(value);
    }

    /// The row of the reference for a key.
    static String line(Setting key) {
        var fallback = key.fallback();
        return "| `%s` | %s | %s | %s |"
                .formatted(
                        key.path(),
                        key.type().replace("|", "\\|"),
                        fallback.isEmpty() || fallback.startsWith("(")
                                ? fallback.replaceAll("[()]", "")
                                : "`" + fallback + "`",
                        key.about());
    }

    private static void collect(String pattern, Object tree, Set<String> found) {
        if (tree instanceof Map<?, ?> map) {
            for (var entry : map.entrySet()) {
                var start = pattern.isEmpty() ? "" : pattern + ".";
                var any = Setting.at(start + "*").isPresent();
                var next = start + (any ? "*" : String.valueOf(entry.getKey()));
                if (Setting.at(next).isPresent()) {
                    found.add(next);
                    collect(next, Objects.requireNonNullElse(entry.getValue(), ""), found);
                } else if (!Set.of("file", "command", "refresh").contains(entry.getKey())) {
                    found.add(next + " (unknown)");
                }
            }
        } else if (tree instanceof List<?> list) {
            list.forEach(
                    item -> collect(pattern + ".*", Objects.requireNonNullElse(item, ""), found));
        }
    }
}
