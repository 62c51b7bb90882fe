package dev.pointsman.admin;

import static dev.pointsman.admin.AdminFixture.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.admin.command.Grammar;
import dev.pointsman.admin.command.View;
import dev.pointsman.admin.rows.Column;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

class ViewsTest {
    @TempDir private Path folder;
    private AdminFixture admin;
    private Connection connection;

    @BeforeEach
    void open() throws Exception {
        admin = new AdminFixture(folder);
        connection = admin.connect("grafana", "look");
    }

    @AfterEach
    void close() throws Exception {
        connection.close();
        admin.close();
    }

    private Map<String, String> only(String sql, String key, String value) throws Exception {
        var found =
                rows(connection, sql).stream().filter(row -> value.equals(row.get(key))).toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared"})
    void everyViewAnswersInEveryQueryModeToAUserWhoMayOnlyLook(String mode) throws Exception {
        try (var other =
                admin.connect(
                        "grafana", "look", "preferQueryMode", mode, "prepareThreshold", "-1")) {
            for (var view : EnumSet.complementOf(EnumSet.of(View.TABLES))) {
                for (var verb : List.of("SHOW ", "SELECT ")) {
                    try (var statement = other.prepareStatement(verb + view.word());
                            var result = statement.executeQuery()) {
                        while (result.next()) {
                            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                                result.getObject(i);
                            }
                        }
                        assertThat(result.getMetaData().getColumnCount())
                                .as(view.word())
                                .isEqualTo(view.columns().size());
                    }
                }
            }
        }
    }

    /// PgBouncer's columns in its order, those of 1.18 first; ours stand behind.
    @ParameterizedTest
    @CsvSource({
        "CLIENTS,type user database state addr port local_addr local_port connect_time request_time"
                + " wait wait_us close_needed ptr link remote_pid tls application_name",
        "SERVERS,type user database state addr port local_addr local_port connect_time request_time"
                + " wait wait_us close_needed ptr link remote_pid tls application_name",
        "SOCKETS,type user database state addr port local_addr local_port connect_time request_time"
                + " wait wait_us close_needed ptr link remote_pid tls application_name recv_pos"
                + " pkt_pos pkt_remain send_pos send_remain pkt_avail send_avail",
        "POOLS,database user cl_active cl_waiting cl_active_cancel_req cl_waiting_cancel_req"
                + " sv_active sv_active_cancel sv_being_canceled sv_idle sv_used sv_tested sv_login"
                + " maxwait maxwait_us pool_mode",
        "DATABASES,name host port database force_user pool_size min_pool_size reserve_pool"
                + " pool_mode max_connections current_connections paused disabled",
        "USERS,name pool_mode",
        "STATS,database total_xact_count total_query_count total_received total_sent"
                + " total_xact_time total_query_time total_wait_time avg_xact_count avg_query_count"
                + " avg_recv avg_sent avg_xact_time avg_query_time avg_wait_time",
        "STATS_TOTALS,database xact_count query_count bytes_received bytes_sent xact_time"
                + " query_time wait_time",
        "STATS_AVERAGES,database xact_count query_count bytes_received bytes_sent xact_time"
                + " query_time wait_time",
        "TOTALS,name value",
        "LISTS,list items",
        "STATE,key value",
        "CONFIG,key value default changeable",
        "MEM,name size used free memtotal",
        "VERSION,version",
        "PEERS,peer_id host port pool_size",
        "PEER_POOLS,peer_id cl_active_cancel_req cl_waiting_cancel_req sv_active_cancel sv_login",
        "DNS_HOSTS,hostname ttl addrs",
        "DNS_ZONES,zonename serial count",
        "ROUTES,database server epoch state since",
        "MIGRATION,database source target state tables tables_ready lag_bytes lag_ms eta_seconds"
                + " waiting_for reverse source_version target_version message",
        "CUTOVERS,id database source target epoch started phase outcome pause_ms longest_hold_ms"
                + " clients held transactions_failed dry_run operator client_addr warnings message"
    })
    void theColumnsOthersRelyOnAreThereInTheirOrder(View view, String expected) {
        assertThat(view.columns().stream().map(Column::name).toList())
                .startsWith(expected.split(" "));
    }

    @Test
    void averagesOfStatsFollowTheTotals() throws Exception {
        var meter = admin.meter().database("shop");
        meter.transaction(5_000_000);
        meter.transaction(3_000_000);
        meter.query(2_000_000);
        meter.query(4_000_000);

        var row = only("SHOW STATS", "database", "shop");

        assertThat(row)
                .containsEntry("total_xact_count", "2")
                .containsEntry("total_query_count", "2")
                .containsEntry("total_query_time", "6000")
                .containsEntry("avg_query_time", "3000")
                .containsEntry("total_xact_time", "8000")
                .containsEntry("avg_xact_time", "4000");
        assertThat(only("SHOW TOTALS", "name", "total_query_count")).containsEntry("value", "2");
        assertThat(only("SHOW STATS_AVERAGES", "database", "shop"))
                .containsEntry("query_time", "3000");
    }

    @Test
    void databasesShowTheServerThatServes() throws Exception {
        admin.routes().swap("shop", "green", 2);

        assertThat(rows(connection, "SHOW DATABASES").getFirst())
                .containsEntry("port", "2")
                .containsEntry("database", "shop2")
                .containsEntry("server", "green")
                .containsEntry("serving", "t")
                .containsEntry("pool_size", "7")
                .containsEntry("pool_mode", "transaction")
                .containsEntry("paused", "0")
                .containsEntry("disabled", "0");
        assertThat(only("SHOW ROUTES shop", "database", "shop"))
                .containsEntry("server", "green")
                .containsEntry("epoch", "2")
                .containsEntry("state", "serving");
    }

    @Test
    void stateSaysWhetherEverythingIsPaused() throws Exception {
        try (var operator = admin.operator();
                var statement = operator.createStatement()) {
            statement.execute("PAUSE shop");
            assertThat(only("SHOW STATE", "key", "paused")).containsEntry("value", "no");
            statement.execute("PAUSE");
            assertThat(only("SHOW STATE", "key", "paused")).containsEntry("value", "yes");
            assertThat(rows(connection, "SHOW DATABASES").getLast()).containsEntry("paused", "1");
        }
    }

    @Test
    void configNamesTheLimitsAndNoSecret() throws Exception {
        assertThat(only("SHOW CONFIG", "key", "max_client_conn"))
                .containsEntry("value", "10000")
                .containsEntry("default", "10000")
                .containsEntry("changeable", "yes");
        assertThat(only("SHOW CONFIG", "key", "listen.port")).containsEntry("changeable", "no");
        assertThat(only("SHOW CONFIG", "key", "databases.shop.cutover.drain_timeout"))
                .containsEntry("value", "500ms");
        assertThat(rows(connection, "SHOW CONFIG").toString())
                .doesNotContain("secret")
                .doesNotContain("value=app");
    }

    /// What prometheus-community's exporter for PgBouncer asks for, and the columns that it makes
    /// numbers of.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "STATS total_query_count total_query_time total_received total_sent total_wait_time"
                    + " total_xact_count total_xact_time total_client_parse_count"
                    + " total_server_parse_count total_bind_count total_server_assignment_count",
                "POOLS cl_active cl_active_cancel_req cl_waiting cl_waiting_cancel_req sv_active"
                        + " sv_active_cancel sv_being_canceled sv_idle sv_used sv_tested sv_login"
                        + " maxwait maxwait_us",
                "DATABASES port pool_size min_pool_size reserve_pool_size max_connections"
                        + " current_connections max_client_connections current_client_connections"
                        + " paused disabled",
                "LISTS items",
                "VERSION"
            })
    void theExportersQueriesAreAnsweredWithNumbersWhereItWantsNumbers(String asked)
            throws Exception {
        var words = List.of(asked.split(" "));
        try (var simple = admin.connect("grafana", "look", "preferQueryMode", "simple")) {
            for (var row : rows(simple, "SHOW " + words.getFirst() + ";")) {
                for (var column : words.subList(1, words.size())) {
                    assertThat(row).containsKey(column);
                    assertThat(Objects.requireNonNullElse(row.get(column), "0"))
                            .as(column)
                            .matches("[0-9.]+");
                }
            }
        }
    }

    @Test
    void theExportersLimitsAreNumbersInTheConfiguration() throws Exception {
        for (var key : List.of("max_client_conn", "max_user_connections", "default_pool_size")) {
            assertThat(only("SHOW CONFIG", "key", key).get("value")).matches("[0-9]+");
        }
    }

    @Test
    void helpListsEveryFormAndEveryView() throws Exception {
        var help = rows(connection, "SHOW HELP").stream().map(row -> row.get("command")).toList();

        assertThat(help)
                .hasSize(Grammar.values().length + View.values().length)
                .contains("SHOW POOLS", "KILL_CLIENT id");
    }

    @Test
    void serversThatCannotBeAskedAreSaidSo() throws Exception {
        assertThat(rows(connection, "SHOW MIGRATION shop").getFirst().get("message"))
                .contains("127.0.0.1:");
        assertThatThrownBy(() -> rows(connection, "SHOW TABLES shop"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("127.0.0.1:");
    }
}
