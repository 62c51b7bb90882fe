package dev.pointsman.cli.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.cutover.CutoverOrder;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.ReportText;
import dev.pointsman.core.cutover.report.Requester;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.wire.Refused;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

@Tag("real")
class CutoverRealTest {
    private static final String DDL =
            "create table account (id serial primary key, balance bigint not null);"
                    + " create sequence ticket; create sequence quiet start 7";

    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @TempDir Path state;

    @AfterEach
    void liftFences() throws Exception {
        for (var server : servers.all()) {
            var database = servers.database();
            server.execute("postgres", "alter database " + database + " reset all");
            server.execute("postgres", "alter database " + database + " connection limit -1");
        }
    }

    private LocalProxy proxy(Step.Watch watch) throws Exception {
        var pair = new MigratedPair(servers.source(), servers.target(), servers.database());
        pair.replicate(DDL, "account");
        return restarted(watch);
    }

    private LocalProxy restarted(Step.Watch watch) throws Refused {
        var proxy =
                new LocalProxy(
                        state,
                        LocalProxy.database(
                                servers.database(),
                                servers.source(),
                                servers.target(),
                                CutoverSettings.defaults()),
                        watch);
        proxy.cutovers.settle();
        return proxy;
    }

    private static Report run(LocalProxy proxy, Destination to, boolean dry) throws Refused {
        var report =
                proxy.cutovers.run(
                        new CutoverOrder(
                                List.of(proxy.database),
                                to,
                                dry,
                                Duration.ZERO,
                                Set.of(),
                                new Requester("tester", "127.0.0.1")),
                        _ -> {});
        System.out.println(ReportText.write(report));
        return report;
    }

    @Test
    void leadsThereAndBackAndThereAgain() throws Exception {
        try (var proxy = proxy(Step.Watch.NONE)) {
            servers.source()
                    .execute(
                            servers.database(),
                            "insert into account (balance) select 1 from generate_series(1, 100)");
            servers.source().execute(servers.database(), "select nextval('ticket')");

            // when
            var rehearsed = run(proxy, new Destination.To("green"), true);
            var there = run(proxy, new Destination.To("green"), false);
            servers.target()
                    .execute(servers.database(), "insert into account (balance) values (2)");
            var back = run(proxy, new Destination.Back(false), false);
            servers.source()
                    .execute(servers.database(), "insert into account (balance) values (3)");
            var again = run(proxy, new Destination.To("green"), false);

            // then
            assertThat(rehearsed.ending().outcome()).isEqualTo(Outcome.REHEARSED);
            for (var report : List.of(there, back, again)) {
                assertThat(report.ending().outcome()).isEqualTo(Outcome.SWITCHED);
                assertThat(report.ending().warnings()).isEmpty();
            }
            assertThat(proxy.routes.current(servers.database()).server()).isEqualTo("green");
            assertThat(
                            servers.target()
                                    .column(
                                            servers.database(),
                                            "select count(*) || '/' || sum(balance) from account"))
                    .containsExactly("102/105");
            assertThat(
                            servers.target()
                                    .column(
                                            servers.database(),
                                            "select nextval('ticket') union all select"
                                                    + " nextval('quiet')"))
                    .containsExactly("2", "7");
        }
    }
}
