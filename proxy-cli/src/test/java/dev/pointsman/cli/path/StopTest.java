package dev.pointsman.cli.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.gate.Closer;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// A proxy that is told to stop.
@Tag("real")
class StopTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(18);

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void whoIsIdleLeavesAtOnceAndWhoIsInsideAfterItsTransaction(String mode) throws Exception {
        try (var proxy = proxy(mode);
                var idle = proxy.connect();
                var inside = proxy.connect()) {
            run(idle, "create table t (a int)");
            inside.setAutoCommit(false);
            run(inside, "insert into t values (1)");

            // when
            var drained = begin(() -> proxy.proxy().drain(Duration.ofSeconds(60)));

            // then
            await().until(() -> proxy.proxy().sessions().count() == 1);
            assertThat(stateOf(idle)).isEqualTo("57P01");
            assertThat(catchThrowableOfType(SQLException.class, proxy::connect).getSQLState())
                    .startsWith("57P0");
            run(inside, "insert into t values (2)");
            inside.commit();
            assertThat(drained.get(120, TimeUnit.SECONDS)).isTrue();
            assertThat(stateOf(inside)).isEqualTo("57P01");
            assertThat(count()).isEqualTo("2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void whoDoesNotEndItsTransactionIsCutOffAtTheLimitAndLeavesNothing(String mode)
            throws Exception {
        try (var proxy = proxy(mode);
                var inside = proxy.connect()) {
            run(inside, "create table t (a int)");
            inside.setAutoCommit(false);
            run(inside, "insert into t values (1)");

            // when
            boolean all = proxy.proxy().drain(Duration.ofMillis(300));

            // then
            assertThat(all).isFalse();
            assertThat(stateOf(inside)).isEqualTo("57P01");
            await().until(() -> openTransactions().equals("0"));
            assertThat(count()).isEqualTo("0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void whoIsHeldIsToldAtOnceAndItsStatementIsNotRun(String mode) throws Exception {
        try (var proxy = proxy(mode);
                var held = proxy.connect()) {
            run(held, "create table t (a int)");
            var gate = proxy.proxy().gates().of(servers.database());
            var hold = gate.close(new Closer.Pause("operator"));
            assertThat(hold.awaitClosed(Duration.ofSeconds(30))).isTrue();
            var answer =
                    begin(
                            () ->
                                    catchThrowableOfType(
                                                    SQLException.class,
                                                    () -> run(held, "insert into t values (1)"))
                                            .getSQLState());
            await().until(() -> gate.counts().waiting() == 1);

            // when
            assertThat(proxy.proxy().drain(Duration.ofSeconds(60))).isTrue();

            // then
            assertThat(answer.get(120, TimeUnit.SECONDS)).isEqualTo("57P01");
            hold.open().get(120, TimeUnit.SECONDS);
            assertThat(count()).isEqualTo("0");
        }
    }

    private static RunningProxy proxy(String mode) throws Exception {
        return RunningProxy.before(
                servers.source(), servers.database(), "{mode: " + mode + ", size: 5}");
    }

    private static <T> FutureTask<T> begin(Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String stateOf(Connection ended) {
        var failure =
                catchThrowableOfType(
                        SQLException.class, () -> run(ended, "insert into t values (9)"));
        return failure.getSQLState();
    }

    private static String count() throws SQLException {
        return direct("select count(*) from t");
    }

    private static String openTransactions() throws SQLException {
        return direct(
                "select count(*) from pg_stat_activity where usename = '"
                        + RunningProxy.USER
                        + "' and xact_start is not null and datname = current_database()");
    }

    private static String direct(String sql) throws SQLException {
        try (var connection = servers.source().connect(servers.database())) {
            return RunningProxy.value(connection, sql);
        }
    }
}
