package dev.pointsman.cli.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.session.SessionRow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// What clients in transaction mode leave on their server connection stays theirs, and reaches
/// nobody else.
@Tag("real")
class PinTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    private static RunningProxy proxy(String pool) throws Exception {
        var database = servers.database();
        servers.source()
                .execute(
                        database,
                        """
                        create or replace function sets() returns int language plpgsql as
                          'begin set work_mem = ''9MB''; return 1; end';
                        create or replace function calls() returns int language sql as 'select sets()';
                        create or replace function adds(a int) returns int language sql as 'select a + 1'\
                        """);
        return RunningProxy.before(servers.source(), database, pool, "auth: {type: trust}");
    }

    /// What may leave something is known when the first connection is lent: the client's statement
    /// is the last that its server process has seen.
    @Test
    void theFirstTransactionIsNotAskedWhatItLeft() throws Exception {
        try (var proxy = proxy("{mode: transaction, size: 2}");
                Connection client = proxy.connect()) {
            // when
            run(client, "select 1 from pg_class");

            // then
            assertThat(lastStatements()).containsExactly("select 1 from pg_class");
        }
    }

    private static List<String> lastStatements() throws SQLException {
        return servers.source()
                .column(
                        servers.database(),
                        "select query from pg_stat_activity where usename = '"
                                + RunningProxy.USER
                                + "' and datname = current_database()");
    }

    private static void run(Connection client, String... statements) throws SQLException {
        for (String sql : statements) {
            try (var statement = client.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> pinned(RunningProxy proxy) {
        return proxy.proxy().sessions().snapshot().stream()
                .map(SessionRow::ties)
                .map(SessionRow.Ties::pinned)
                .filter(words -> !words.isEmpty())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    set work_mem = '7MB'                      | set           | reset work_mem
                    set session work_mem = '7MB'              | set           | reset all
                    /* a */ set my.own = '1' -- b             | set           | discard all
                    select set_config('work_mem', '7MB', false) | set         | reset work_mem
                    set role pg_monitor                       | role          | reset role
                    listen a                                  | listen        | unlisten a
                    create temp table t (a int)               | temp_table    | drop table t
                    select 1 as a into temporary t            | temp_table    | discard temp
                    create table pg_temp.t (a int)            | temp_table    | discard all
                    select pg_advisory_lock(1)                | advisory_lock | select pg_advisory_unlock(1)
                    select pg_try_advisory_lock_shared(1)     | advisory_lock | select pg_advisory_unlock_all()
                    begin; declare c cursor with hold for select 1; commit | cursor | close c
                    /* c */ prepare p as select 1             | prepare       | deallocate p
                    do 'begin perform pg_advisory_lock(2); end' | advisory_lock | select pg_advisory_unlock_all()
                    select sets()                             | set           | reset all
                    select calls()                            | set           | reset work_mem
                    """)
    void whatIsLeftKeepsTheConnectionUntilItIsGone(String leaves, String reason, String releases)
            throws Exception {
        try (var proxy = proxy("{mode: transaction, size: 2}");
                Connection client = proxy.connect();
                Connection other = proxy.connect()) {
            servers.source()
                    .execute(servers.database(), "grant pg_monitor to " + RunningProxy.USER);
            RunningProxy.value(other, "select 1");

            run(client, leaves);

            await().untilAsserted(() -> assertThat(pinned(proxy)).containsExactly(reason));
            for (int i = 0; i < 3; i++) {
                assertClean(other);
                RunningProxy.value(client, "select 1");
            }

            run(client, releases);

            await().untilAsserted(() -> assertThat(pinned(proxy)).isEmpty());
            assertClean(client);
            assertClean(other);
        }
    }

    private static void assertClean(Connection client) throws SQLException {
        assertThat(
                        RunningProxy.value(
                                client,
                                """
                                select current_setting('work_mem') || current_setting('role')
                                    || coalesce(current_setting('my.own', true), '')
                                    || (select count(*) from pg_listening_channels())
                                    || (select count(*) from pg_class
                                         where relnamespace = pg_my_temp_schema())
                                    || (select count(*) from pg_locks where locktype = 'advisory'
                                          and pid = pg_backend_pid())
                                    || (select count(*) from pg_cursors where is_holdable)
                                    || (select count(*) from pg_prepared_statements where from_sql)\
                                """))
                .isEqualTo("4MBnone00000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "begin; set local work_mem = '7MB'; commit",
                "begin; set work_mem = '7MB'; rollback",
                "begin; create temp table t (a int) on commit drop; commit",
                "begin; listen a; rollback",
                "set application_name = 'x'",
                "select adds(1)",
                "select pg_advisory_xact_lock(1)",
                "select set_config('work_mem', '7MB', true)",
                "select 'set work_mem = 1; listen a'"
            })
    void whatEndsWithItsTransactionKeepsNothing(String statement) throws Exception {
        try (var proxy = proxy("{mode: transaction, size: 1, max_pinned: 1}");
                Connection client = proxy.connect();
                Connection other = proxy.connect()) {
            run(client, statement);

            assertClean(other);
            assertThat(pinned(proxy)).isEmpty();
        }
    }

    @Test
    void aListenerIsNotifiedWhileItIsIdle() throws Exception {
        try (var proxy = proxy("{mode: transaction, size: 2}");
                Connection listener = proxy.connect();
                Connection other = proxy.connect()) {
            run(listener, "listen news");

            for (int i = 0; i < 20; i++) {
                run(other, "notify news, '" + i + "'");
                // Also while the proxy itself asks something of the listener's connection.
                run(listener, "reset work_mem");
            }

            var heard = new ArrayList<String>();
            await().untilAsserted(
                            () -> {
                                for (var one :
                                        listener.unwrap(PGConnection.class).getNotifications(100)) {
                                    heard.add(one.getParameter());
                                }
                                assertThat(heard).hasSize(20);
                            });
            assertThat(heard).startsWith("0", "1", "2");
        }
    }

    private static String refusal(Connection client, String sql) {
        return catchThrowableOfType(SQLException.class, () -> run(client, sql)).getSQLState();
    }

    @Test
    void moreThanMaxPinnedAreRefusedAndTheTransactionFailsByTheServersRules() throws Exception {
        try (var proxy = proxy("{mode: transaction, size: 3, max_pinned: 1}");
                Connection first = proxy.connect();
                Connection second = proxy.connect()) {
            run(first, "set work_mem = '7MB'");

            assertThat(refusal(second, "set work_mem = '8MB'")).isEqualTo("53300");
            second.setAutoCommit(false);
            run(second, "select 1");
            assertThat(refusal(second, "listen a")).isEqualTo("53300");
            assertThat(refusal(second, "select 1")).isEqualTo("25P02");
            second.rollback();
            second.setAutoCommit(true);
            run(first, "reset work_mem");
            await().untilAsserted(() -> assertThat(pinned(proxy)).isEmpty());
            run(second, "set work_mem = '8MB'");
            await().untilAsserted(() -> assertThat(pinned(proxy)).containsExactly("set"));
        }
    }

    @Test
    void settingsOfTheListFollowWithoutAPin() throws Exception {
        try (var proxy = proxy("{mode: transaction, size: 1, follow: [search_path, work_mem]}");
                Connection first = proxy.connect();
                Connection second = proxy.connect()) {
            run(first, "set search_path = pg_catalog, public");
            run(second, "begin; set work_mem = '7MB'; commit");
            for (int i = 0; i < 3; i++) {
                assertThat(RunningProxy.value(first, "show search_path"))
                        .isEqualTo("pg_catalog, public");
                assertThat(RunningProxy.value(first, "show work_mem")).isEqualTo("4MB");
                assertThat(RunningProxy.value(second, "show search_path"))
                        .isEqualTo("\"$user\", public");
                assertThat(RunningProxy.value(second, "show work_mem")).isEqualTo("7MB");
                assertThat(pinned(proxy)).isEmpty();
            }
            run(second, "discard all");
            assertThat(RunningProxy.value(second, "show work_mem")).isEqualTo("4MB");
            assertThat(RunningProxy.value(first, "show search_path"))
                    .isEqualTo("pg_catalog, public");
        }
    }
}
