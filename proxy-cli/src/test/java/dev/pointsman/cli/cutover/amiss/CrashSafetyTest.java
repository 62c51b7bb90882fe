package dev.pointsman.cli.cutover.amiss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.Check.Blocks;
import dev.pointsman.core.migration.Check.Verdict;
import dev.pointsman.core.wire.Refused;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/// A server whose commits a crash of its machine may take back.
@Tag("real")
class CrashSafetyTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    @AfterEach
    void forget() throws SQLException {
        for (var server : servers.all()) {
            configure(server, "alter system reset fsync", "alter system reset full_page_writes");
        }
    }

    private static void configure(RealServer server, String... statements) throws SQLException {
        for (var statement : statements) {
            server.execute("postgres", statement);
        }
        server.value("postgres", "select pg_reload_conf()");
    }

    private static List<Check> found(CrossingLab lab) throws Refused {
        return lab.proxy().migrations().check(servers.database(), "green").stream()
                .filter(row -> row.id().equals("fsync"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fsync", "full_page_writes"})
    void aCutoverIsRefusedWhileACrashWouldLoseWhatWasPromised(String setting) throws Exception {
        try (var lab = laid.lab(state)) {
            for (var name : List.of("blue", "green")) {
                // given
                var server = name.equals("blue") ? servers.source() : servers.target();
                var finding = setting + " is off: a crash would lose what was promised";
                configure(server, "alter system set " + setting + " = off");
                Awaitility.await("the setting to count")
                        .untilAsserted(() -> assertThat(found(lab)).hasSize(1));

                // when
                var row = found(lab).getFirst();
                var report = lab.to("green");

                // then
                assertThat(row.server()).isEqualTo(name);
                assertThat(row.verdict()).isEqualTo(Verdict.FAIL);
                assertThat(row.blocks()).isEqualTo(Blocks.CUTOVER);
                assertThat(row.finding()).isEqualTo(finding);
                assertThat(report.ending().outcome()).isEqualTo(Outcome.REFUSED);
                assertThat(report.ending().message())
                        .contains("fsync: on " + name + ": " + finding, row.mend());
                assertThat(report.pause().clients().held()).isZero();

                // and what it says mends it
                configure(server, row.mend().split("; "));
                Awaitility.await("the mend to count")
                        .untilAsserted(() -> assertThat(found(lab)).isEmpty());
            }
            CrossingLab.switched(lab.to("green"));
        }
    }
}
