package dev.pointsman.cli.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.wire.RawClient;
import dev.pointsman.cli.real.RealServers;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;

/// What a client's start-up packet asks for is what RESET leads back to, as without a proxy.
@Tag("real")
class StartupSettingsTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    private static final List<String> SETTINGS =
            List.of("DateStyle", "TimeZone", "application_name", "IntervalStyle", "work_mem");

    private static final List<String> SCRIPT =
            List.of(
                    "select 1",
                    "set timezone = 'Europe/Rome'",
                    "reset timezone",
                    "set datestyle = 'German'",
                    "set application_name = 'changed'",
                    "reset all",
                    "begin",
                    "reset datestyle",
                    "select 1",
                    "set timezone = 'Europe/Oslo'",
                    "reset timezone",
                    "commit",
                    "begin",
                    "set application_name = 'undone'",
                    "reset all",
                    "rollback",
                    "set application_name = ''",
                    "discard all",
                    "set work_mem = '8MB'",
                    "reset work_mem");

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void resetLeadsToWhatTheClientAskedFor(String mode) throws Exception {
        String database = servers.database();
        var startup =
                Map.of(
                        "user", RunningProxy.USER,
                        "database", database,
                        "DateStyle", "SQL, DMY",
                        "TimeZone", "Asia/Tokyo",
                        "application_name", "it's mine",
                        "options", "-c IntervalStyle=iso_8601 --work-mem=7MB");
        try (var proxy =
                        RunningProxy.before(
                                servers.source(),
                                database,
                                "{mode: " + mode + ", size: 2}",
                                "auth: {type: trust}");
                var other =
                        RawClient.connect(
                                proxy.port(),
                                Map.of("user", RunningProxy.USER, "database", database));
                var through = RawClient.connect(proxy.port(), startup);
                var alone = RawClient.connect(servers.source().port(), startup);
                var plain =
                        RawClient.connect(servers.source().port(), RunningProxy.USER, database)) {
            for (String sql : SCRIPT) {
                // when
                assertThat(through.run(sql)).as(sql).isEqualTo(alone.run(sql));

                // then
                for (String name : SETTINGS) {
                    assertThat(through.run("show " + name))
                            .as("%s after %s", name, sql)
                            .isEqualTo(alone.run("show " + name));
                    assertThat(through.reported(name))
                            .as("report of %s after %s", name, sql)
                            .isEqualTo(alone.reported(name));
                    assertThat(other.run("show " + name)).isEqualTo(plain.run("show " + name));
                }
            }
        }
    }
}
