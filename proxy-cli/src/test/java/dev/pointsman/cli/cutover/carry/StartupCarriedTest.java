package dev.pointsman.cli.cutover.carry;

import static dev.pointsman.cli.cutover.CrossingLab.switched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.wire.RawClient;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.run.Step;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Sessions that keep their server connection, each begun with settings of its own: on another
/// server they have those again, to read and to be led back to.
@Tag("real")
class StartupCarriedTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    private static final List<String> NAMES =
            List.of("application_name", "TimeZone", "work_mem", "search_path", "DateStyle");

    private static final Map<String, String> TOKYO =
            Map.of(
                    "application_name", "from tokyo",
                    "TimeZone", "Asia/Tokyo",
                    "options", "-c work_mem=7MB -c search_path=pg_catalog");

    private static final Map<String, String> ROME =
            Map.of(
                    "application_name", "from rome",
                    "TimeZone", "Europe/Rome",
                    "search_path", "public, pg_catalog",
                    "DateStyle", "German",
                    "options", "--work-mem=9MB");

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    private RawClient client(CrossingLab lab, Map<String, String> settings) {
        var startup = new HashMap<>(settings);
        startup.put("user", CrossingLab.USER);
        startup.put("database", servers.database());
        return RawClient.connect(lab.proxy().port(), startup);
    }

    private static String value(RawClient client, String name) {
        return client.run("show " + name).stream()
                .filter(word -> word.startsWith("D ") || word.startsWith("E "))
                .findFirst()
                .orElse("nothing");
    }

    private static List<String> values(RawClient client) {
        return NAMES.stream().map(name -> value(client, name)).toList();
    }

    @Test
    void eachClientReadsItsOwnStartUpValuesThereAndBackAndAfterReset() throws Exception {
        var setup = Setup.of("session").cutover("attempts: 1").more("auth: {type: trust}");
        try (var lab = CrossingLab.start(servers, state, setup, Step.Watch.NONE);
                var tokyo = client(lab, TOKYO);
                var rome = client(lab, ROME);
                var changed = client(lab, ROME);
                var plain = client(lab, Map.of())) {
            // given
            var inTokyo =
                    List.of("D from tokyo", "D Asia/Tokyo", "D 7MB", "D pg_catalog", "D ISO, MDY");
            var inRome =
                    List.of(
                            "D from rome",
                            "D Europe/Rome",
                            "D 9MB",
                            "D public, pg_catalog",
                            "D German, DMY");
            var server = values(plain);
            assertThat(values(tokyo)).isEqualTo(inTokyo);
            assertThat(values(rome)).isEqualTo(inRome);
            assertThat(server).doesNotContainAnyElementsOf(inRome);

            for (var way : List.of("green", "blue", "green")) {
                changed.run("set work_mem = '11MB'");
                changed.run("set timezone = 'Asia/Kabul'");

                // when
                switched(way.equals("blue") ? lab.back() : lab.to(way));

                // then
                assertThat(values(tokyo)).as("on %s", way).isEqualTo(inTokyo);
                assertThat(values(rome)).as("on %s", way).isEqualTo(inRome);
                assertThat(values(plain)).as("on %s", way).isEqualTo(server);
                assertThat(value(changed, "work_mem")).isEqualTo("D 11MB");
                assertThat(value(changed, "timezone")).isEqualTo("D Asia/Kabul");
                for (var client : List.of(tokyo, rome, changed, plain)) {
                    client.run("reset all");
                }
                assertThat(values(tokyo)).as("reset on %s", way).isEqualTo(inTokyo);
                assertThat(values(rome)).as("reset on %s", way).isEqualTo(inRome);
                assertThat(values(changed)).as("reset on %s", way).isEqualTo(inRome);
                assertThat(values(plain)).as("reset on %s", way).isEqualTo(server);
            }
            assertThat(value(rome, "server_version")).startsWith("D 18");
            assertThat(rome.run("discard all")).contains("C DISCARD ALL");
            assertThat(values(rome)).isEqualTo(inRome);
        }
    }
}
