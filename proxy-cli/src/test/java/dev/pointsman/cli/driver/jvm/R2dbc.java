package dev.pointsman.cli.driver.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.api.Notification;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.postgresql.client.SSLMode;

import org.jspecify.annotations.Nullable;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// r2dbc-postgresql.
public final class R2dbc extends JvmDriver {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final OffsetDateTime MOMENT =
            OffsetDateTime.of(2026, 7, 1, 12, 0, 0, 0, ZoneOffset.UTC);

    public R2dbc() {
        super("r2dbc-postgresql", "notify");
        can("prepared", with(R2dbc::prepared));
        can("batch", with(R2dbc::batch));
        can("copy", with(R2dbc::copy));
        can("cancel", with(R2dbc::cancel));
        can("notify", R2dbc::listen);
        can("large", with(R2dbc::large));
        can("error", with(R2dbc::error));
        can("timezone", with(R2dbc::timezone));
        can("arrays", with(R2dbc::arrays));
        can("cursor", with(R2dbc::cursor));
    }

    private interface Use {
        void on(PostgresqlConnection connection, String tag);
    }

    private static Scenario with(Use use) {
        return (address, tag) -> {
            var connection = connect(address);
            try {
                use.on(connection, tag);
            } finally {
                connection.close().block(PATIENCE);
            }
        };
    }

    @Override
    String version() {
        return "r2dbc-postgresql "
                + PostgresqlConnection.class.getPackage().getImplementationVersion();
    }

    private static PostgresqlConnection connect(Address address) {
        var builder =
                PostgresqlConnectionConfiguration.builder()
                        .host(address.host())
                        .port(address.port())
                        .database(address.database())
                        .username(address.user())
                        .password(address.password())
                        .preparedStatementCacheQueries(50);
        if (address.isEncrypted()) {
            builder.sslMode(SSLMode.VERIFY_FULL).sslRootCert(address.authority());
        }
        return some(new PostgresqlConnectionFactory(builder.build()).create().block(PATIENCE));
    }

    private static <T> T some(@Nullable T value) {
        return Objects.requireNonNull(value, "nothing came");
    }

    private static <T> T wait(Mono<T> mono) {
        return some(mono.block(PATIENCE));
    }

    private static void run(PostgresqlConnection connection, String sql) {
        connection
                .createStatement(sql)
                .execute()
                .flatMap(result -> result.getRowsUpdated())
                .then()
                .block(PATIENCE);
    }

    private static <T> T value(PostgresqlConnection connection, Class<T> type, String sql) {
        return wait(
                connection
                        .createStatement(sql)
                        .execute()
                        .flatMap(result -> result.map((row, _) -> some(row.get(0, type))))
                        .last());
    }

    private static void prepared(PostgresqlConnection connection, String tag) {
        for (int i = 0; i < 200; i++) {
            var sum =
                    wait(
                            connection
                                    .createStatement("select $1::int + " + i % 70)
                                    .bind("$1", i)
                                    .execute()
                                    .flatMap(result -> result.map((row, _) -> row.get(0)))
                                    .last());
            assertThat(sum).isEqualTo(i + i % 70);
        }
    }

    private static void batch(PostgresqlConnection connection, String tag) {
        run(connection, "create table " + tag + "_batch (id int primary key)");
        var several = connection.createStatement("insert into " + tag + "_batch values ($1)");
        for (int i = 0; i < 300; i++) {
            several.bind("$1", i);
            if (i < 299) {
                several.add();
            }
        }
        assertThat(
                        wait(
                                several.execute()
                                        .flatMap(result -> result.getRowsUpdated())
                                        .reduce(Long::sum)))
                .isEqualTo(300);
        var plain = connection.createBatch().add("select 1").add("select 2").add("select 3");
        assertThat(
                        wait(
                                plain.execute()
                                        .flatMap(
                                                result ->
                                                        result.map(
                                                                (row, _) ->
                                                                        some(
                                                                                row.get(
                                                                                        0,
                                                                                        Integer
                                                                                                .class))))
                                        .collectList()))
                .containsExactly(1, 2, 3);
        run(connection, "drop table " + tag + "_batch");
    }

    private static void copy(PostgresqlConnection connection, String tag) {
        run(connection, "create table " + tag + "_copy (id int, name text)");
        var rows =
                IntStream.range(0, 5_000)
                        .mapToObj(i -> i + "\tname " + i + "\n")
                        .collect(Collectors.joining());
        var in = "copy " + tag + "_copy from stdin";
        assertThat(wait(connection.copyIn(in, Mono.just(bytes(rows))))).isEqualTo(5_000);
        assertThatThrownBy(() -> wait(connection.copyIn(in, Mono.just(bytes("x\ttwo\n")))))
                .hasMessageContaining("invalid input syntax");
        assertThat(value(connection, Long.class, "select count(*) from " + tag + "_copy"))
                .isEqualTo(5_000);
        run(connection, "drop table " + tag + "_copy");
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    private static void cancel(PostgresqlConnection connection, String tag) {
        var sleeping =
                connection
                        .createStatement("select pg_sleep(30)")
                        .execute()
                        .flatMap(result -> result.map((_, _) -> 1))
                        .then();
        Mono.delay(Duration.ofMillis(300)).then(connection.cancelRequest()).subscribe();
        assertThatThrownBy(() -> sleeping.block(PATIENCE)).hasMessageContaining("canceling");
        assertThat(value(connection, Integer.class, "select 1")).isEqualTo(1);
    }

    private static void listen(Address address, String tag) {
        var connection = connect(address);
        var other = connect(address);
        run(connection, "listen " + tag + "_channel");
        var heard =
                connection.getNotifications().map(Notification::getParameter).take(2).collectList();
        var both = heard.toFuture();
        run(other, "notify " + tag + "_channel, 'one'");
        run(other, "notify " + tag + "_channel, 'two'");
        assertThat(both.orTimeout(120, TimeUnit.SECONDS).join()).isEqualTo(List.of("one", "two"));
        run(connection, "unlisten *");
        Flux.concat(connection.close(), other.close()).blockLast(PATIENCE);
    }

    private static void large(PostgresqlConnection connection, String tag) {
        var back =
                wait(
                        connection
                                .createStatement("select $1::text")
                                .bind("$1", LARGE)
                                .execute()
                                .flatMap(result -> result.map((row, _) -> row.get(0)))
                                .last());
        assertThat(back.equals(LARGE)).isTrue();
    }

    private static void error(PostgresqlConnection connection, String tag) {
        run(connection, "create table " + tag + "_error (id int primary key)");
        connection.beginTransaction().block(PATIENCE);
        connection.createSavepoint("here").block(PATIENCE);
        assertThatThrownBy(() -> run(connection, "select 1 / 0"))
                .hasMessageContaining("division by zero");
        assertThatThrownBy(() -> run(connection, "select 1"))
                .hasMessageContaining("current transaction is aborted");
        connection.rollbackTransactionToSavepoint("here").block(PATIENCE);
        run(connection, "insert into " + tag + "_error values (2)");
        connection.commitTransaction().block(PATIENCE);
        assertThat(value(connection, Integer.class, "select id from " + tag + "_error"))
                .isEqualTo(2);
        run(connection, "drop table " + tag + "_error");
    }

    private static void timezone(PostgresqlConnection connection, String tag) {
        for (var zone : List.of("Asia/Tokyo", "America/New_York")) {
            run(connection, "set timezone to '" + zone + "'");
            for (int turn = 0; turn < 3; turn++) {
                assertThat(value(connection, String.class, "show timezone")).isEqualTo(zone);
                var sql = "select '2026-07-01 12:00:00+00'::timestamptz";
                assertThat(value(connection, OffsetDateTime.class, sql).isEqual(MOMENT)).isTrue();
            }
        }
        run(connection, "reset timezone");
    }

    private static void arrays(PostgresqlConnection connection, String tag) {
        var words = new String[] {"a,b", "c\"d", ""};
        var back =
                wait(
                        connection
                                .createStatement("select $1::text[]")
                                .bind("$1", words)
                                .execute()
                                .flatMap(
                                        result ->
                                                result.map(
                                                        (row, _) ->
                                                                some(row.get(0, String[].class))))
                                .last());
        assertThat(back).containsExactly(words);
    }

    private static void cursor(PostgresqlConnection connection, String tag) {
        var sum =
                wait(
                        connection
                                .createStatement("select i from generate_series(1, $1) i")
                                .bind("$1", 1_000)
                                .fetchSize(100)
                                .execute()
                                .flatMap(
                                        result ->
                                                result.map(
                                                        (row, _) ->
                                                                some(row.get(0, Integer.class))))
                                .reduce(Integer::sum));
        assertThat(sum).isEqualTo(500_500);
        var first =
                wait(
                        connection
                                .createStatement("select i from generate_series(1, $1) i")
                                .bind("$1", 1_000)
                                .fetchSize(10)
                                .execute()
                                .flatMap(result -> result.map((row, _) -> some(row.get(0))))
                                .take(3)
                                .collectList());
        assertThat(first).hasSize(3);
        assertThat(value(connection, Integer.class, "select 5")).isEqualTo(5);
    }

    @Override
    void writeUntil(Address address, int writer, Path stop, int[] progress) {
        var connection = connect(address);
        while (!Files.exists(stop)) {
            connection.beginTransaction().block(PATIENCE);
            for (int i = 1; i <= 2; i++) {
                wait(
                        connection
                                .createStatement(
                                        "insert into entry (writer, number) values ($1, $2)")
                                .bind("$1", writer)
                                .bind("$2", progress[0] + i)
                                .execute()
                                .flatMap(result -> result.getRowsUpdated())
                                .last());
            }
            connection.commitTransaction().block(PATIENCE);
            progress[0] += 2;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(WRITE_PAUSE_MILLIS));
        }
        connection.close().block(PATIENCE);
    }
}
