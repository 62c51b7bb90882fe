package dev.pointsman.cli.driver.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// The Vert.x client, which pipelines on its connections.
public final class VertxPg extends JvmDriver {
    private static final long SECONDS = 30;

    public VertxPg() {
        super("Vert.x pg client", "notify");
        can("prepared", with(VertxPg::prepared));
        can("batch", with(VertxPg::batch));
        can("pipeline", with(VertxPg::pipeline));
        can("cancel", with(VertxPg::cancel));
        can("notice", with(VertxPg::notice));
        can("notify", with(VertxPg::listen));
        can("large", with(VertxPg::large));
        can("error", with(VertxPg::error));
        can("timezone", with(VertxPg::timezone));
        can("arrays", with(VertxPg::arrays));
        can("cursor", with(VertxPg::cursor));
        can("pool", VertxPg::pool);
    }

    private interface Use {
        void on(PgConnection connection, String tag) throws Exception;
    }

    private static Scenario with(Use use) {
        return (address, tag) -> {
            var vertx = Vertx.vertx();
            try {
                var connection = wait(PgConnection.connect(vertx, options(address)));
                use.on(connection, tag);
                wait(connection.close());
            } finally {
                wait(vertx.close());
            }
        };
    }

    @Override
    String version() {
        return "vertx-pg-client " + PgConnection.class.getPackage().getImplementationVersion();
    }

    private static PgConnectOptions options(Address address) {
        var options =
                new PgConnectOptions()
                        .setHost(address.host())
                        .setPort(address.port())
                        .setDatabase(address.database())
                        .setUser(address.user())
                        .setPassword(address.password())
                        .setCachePreparedStatements(true)
                        .setPreparedStatementCacheMaxSize(30)
                        .setPipeliningLimit(64);
        if (address.isEncrypted()) {
            options.setSslMode(SslMode.VERIFY_FULL)
                    .setSslOptions(
                            new ClientSSLOptions()
                                    .setHostnameVerificationAlgorithm("HTTPS")
                                    .setTrustOptions(
                                            new PemTrustOptions()
                                                    .addCertPath(address.authority())));
        }
        return options;
    }

    private static <T> T wait(Future<T> future) throws TimeoutException {
        return future.await(SECONDS, TimeUnit.SECONDS);
    }

    private static RowSet<Row> ask(PgConnection connection, String sql, Object... values)
            throws TimeoutException {
        return wait(
                values.length == 0
                        ? connection.query(sql).execute()
                        : connection.preparedQuery(sql).execute(Tuple.wrap(values)));
    }

    private static Object value(PgConnection connection, String sql, Object... values)
            throws TimeoutException {
        return ask(connection, sql, values).iterator().next().getValue(0);
    }

    private static void prepared(PgConnection connection, String tag) throws Exception {
        for (int i = 0; i < 200; i++) {
            assertThat(value(connection, "select $1::int + " + i % 70, i)).isEqualTo(i + i % 70);
        }
        var statement = wait(connection.prepare("select $1::text"));
        for (int i = 0; i < 20; i++) {
            assertThat(
                            wait(statement.query().execute(Tuple.of("v" + i)))
                                    .iterator()
                                    .next()
                                    .getString(0))
                    .isEqualTo("v" + i);
        }
        wait(statement.close());
    }

    private static void batch(PgConnection connection, String tag) throws Exception {
        ask(connection, "create table " + tag + "_batch (id int primary key)");
        var insert = connection.preparedQuery("insert into " + tag + "_batch values ($1)");
        var rows = IntStream.range(0, 500).mapToObj(Tuple::of).toList();
        wait(insert.executeBatch(rows));
        assertThat(value(connection, "select count(*) from " + tag + "_batch")).isEqualTo(500L);
        assertThatThrownBy(() -> wait(insert.executeBatch(List.of(Tuple.of(900), Tuple.of(7)))))
                .hasMessageContaining("duplicate key");
        assertThat(value(connection, "select count(*) from " + tag + "_batch")).isEqualTo(500L);
        ask(connection, "drop table " + tag + "_batch");
    }

    private static void pipeline(PgConnection connection, String tag) throws Exception {
        var answers = new ArrayList<Future<RowSet<Row>>>();
        for (int i = 0; i < 200; i++) {
            answers.add(connection.preparedQuery("select $1::int * 2").execute(Tuple.of(i)));
        }
        var broken = connection.preparedQuery("select 1 / $1::int").execute(Tuple.of(0));
        var after = connection.query("select 3").execute();
        for (int i = 0; i < 200; i++) {
            assertThat(wait(answers.get(i)).iterator().next().getInteger(0)).isEqualTo(i * 2);
        }
        assertThatThrownBy(() -> wait(broken)).hasMessageContaining("division by zero");
        assertThat(wait(after).iterator().next().getInteger(0)).isEqualTo(3);
    }

    private static void cancel(PgConnection connection, String tag) throws Exception {
        var sleeping = connection.query("select pg_sleep(30)").execute();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
        wait(connection.cancelRequest());
        assertThatThrownBy(() -> wait(sleeping)).hasMessageContaining("canceling statement");
        assertThat(value(connection, "select 1")).isEqualTo(1);
    }

    private static void notice(PgConnection connection, String tag) throws Exception {
        var heard = new CopyOnWriteArrayList<String>();
        connection.noticeHandler(notice -> heard.add(notice.getMessage()));
        ask(connection, "do $$ begin raise notice 'first'; raise warning 'second'; end $$");
        assertThat(heard).containsExactly("first", "second");
    }

    private static void listen(PgConnection connection, String tag) throws Exception {
        var heard = new CopyOnWriteArrayList<String>();
        var both = new CompletableFuture<Void>();
        connection.notificationHandler(
                note -> {
                    heard.add(note.getPayload());
                    if (heard.size() == 2) {
                        both.complete(null);
                    }
                });
        ask(connection, "listen " + tag + "_channel");
        ask(connection, "notify " + tag + "_channel, 'one'");
        ask(connection, "notify " + tag + "_channel, 'two'");
        both.get(SECONDS, TimeUnit.SECONDS);
        assertThat(heard).containsExactly("one", "two");
        ask(connection, "unlisten *");
    }

    private static void large(PgConnection connection, String tag) throws Exception {
        assertThat(LARGE.equals(value(connection, "select $1::text", LARGE))).isTrue();
    }

    private static void error(PgConnection connection, String tag) throws Exception {
        ask(connection, "create table " + tag + "_error (id int primary key)");
        var transaction = wait(connection.begin());
        assertThatThrownBy(() -> ask(connection, "select 1 / $1::int", 0))
                .hasMessageContaining("division by zero");
        assertThatThrownBy(() -> ask(connection, "select $1::int", 1))
                .hasMessageContaining("current transaction is aborted");
        wait(transaction.rollback());
        var again = wait(connection.begin());
        ask(connection, "insert into " + tag + "_error values ($1)", 2);
        wait(again.commit());
        assertThat(value(connection, "select max(id) from " + tag + "_error")).isEqualTo(2);
        ask(connection, "drop table " + tag + "_error");
    }

    private static void timezone(PgConnection connection, String tag) throws Exception {
        for (var zone : List.of("Asia/Tokyo", "America/New_York")) {
            ask(connection, "set timezone to '" + zone + "'");
            for (int turn = 0; turn < 3; turn++) {
                assertThat(value(connection, "show timezone")).isEqualTo(zone);
                var at = "select to_char('2026-07-01 12:00+00'::timestamptz, $1)";
                assertThat(value(connection, at, "HH24"))
                        .isEqualTo(zone.startsWith("Asia") ? "21" : "08");
            }
        }
        ask(connection, "reset timezone");
    }

    private static void arrays(PgConnection connection, String tag) throws Exception {
        var words = new String[] {"a,b", "c\"d", ""};
        var row =
                ask(connection, "select $1::text[], $2::int[]", words, new Integer[] {1, 2, 3})
                        .iterator()
                        .next();
        assertThat(row.getArrayOfStrings(0)).containsExactly(words);
        assertThat(row.getArrayOfIntegers(1)).containsExactly(1, 2, 3);
    }

    private static void cursor(PgConnection connection, String tag) throws Exception {
        var statement = wait(connection.prepare("select i from generate_series(1, $1) i"));
        var transaction = wait(connection.begin());
        var cursor = statement.cursor(Tuple.of(1_000));
        assertThat(wait(cursor.read(100)).size()).isEqualTo(100);
        assertThat(cursor.hasMore()).isTrue();
        wait(cursor.close());
        var sum = new CompletableFuture<Integer>();
        var total = new int[1];
        statement
                .createStream(50, Tuple.of(1_000))
                .exceptionHandler(sum::completeExceptionally)
                .endHandler(_ -> sum.complete(total[0]))
                .handler(row -> total[0] += row.getInteger(0));
        assertThat(sum.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(500_500);
        wait(transaction.commit());
    }

    private static void pool(Address address, String tag) throws Exception {
        var vertx = Vertx.vertx();
        try {
            var pool =
                    PgBuilder.client()
                            .with(new PoolOptions().setMaxSize(4))
                            .connectingTo(options(address))
                            .using(vertx)
                            .build();
            var answers = new ArrayList<Future<RowSet<Row>>>();
            for (int i = 0; i < 200; i++) {
                answers.add(pool.preparedQuery("select $1::int").execute(Tuple.of(i)));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(wait(answers.get(i)).iterator().next().getInteger(0)).isEqualTo(i);
            }
            wait(pool.close());
        } finally {
            wait(vertx.close());
        }
    }

    @Override
    void writeUntil(Address address, int writer, Path stop, int[] progress) throws Exception {
        var vertx = Vertx.vertx();
        try {
            var connection = wait(PgConnection.connect(vertx, options(address)));
            while (!Files.exists(stop)) {
                var answers = new ArrayList<Future<RowSet<Row>>>();
                for (int i = 1; i <= 5; i++) {
                    answers.add(
                            connection
                                    .preparedQuery(
                                            "insert into entry (writer, number) values ($1, $2)")
                                    .execute(Tuple.of(writer, progress[0] + i)));
                }
                for (var answer : answers) {
                    wait(answer);
                }
                progress[0] += 5;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(WRITE_PAUSE_MILLIS));
            }
            wait(connection.close());
        } finally {
            wait(vertx.close());
        }
    }
}
