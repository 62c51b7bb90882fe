package dev.pointsman.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// The process is dead and cannot be started again: what is left to an operator is SQL.
@Tag("real")
class ByHandTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path folder;

    @Test
    void whatTheOperatingPageSaysLiftsTheFenceOfASuperuser() throws Exception {
        // given
        servers.source()
                .execute(
                        servers.database(),
                        "alter database " + servers.database() + " connection limit 40");
        try (var lab =
                CrashLab.over(
                        servers,
                        folder,
                        new CrossingLab.Ports(servers.source().port(), servers.target().port()),
                        CrossingLab.Setup.of("transaction"))) {
            lab.restart();
            lab.awaitWrites();
            lab.crosses("green");
            lab.stop();
            assertThat(lab.isFenced("blue")).isTrue();

            // when
            lab.liftAsThePageSays("blue");

            // then: as it was before
            assertThat(lab.isFenced("blue")).isFalse();
        }
        assertThat(
                        servers.source()
                                .value(
                                        servers.database(),
                                        "select datconnlimit || ':' || (select count(*) from"
                                            + " pg_db_role_setting where setdatabase = d.oid) from"
                                            + " pg_database d where datname = current_database()"))
                .isEqualTo("40:0");
    }
}
