package dev.pointsman.core.listen.count;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Limits;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

class ClientCountsTest {
    private final ClientCounts counts = new ClientCounts();

    @Test
    void oneMoreClientOfADatabaseIsRefusedUntilOneHasLeft() {
        // given
        var limits = limits(2, 0);
        assertThat(counts.countIn("shop", "app", limits)).isEmpty();
        assertThat(counts.countIn("shop", "reports", limits)).isEmpty();

        // when
        var refused = counts.countIn("shop", "app", limits);

        // then
        assertThat(refused.orElseThrow().sqlState().code()).isEqualTo("53300");
        assertThat(refused.orElseThrow().message()).contains("max_db_client_connections is 2");
        assertThat(counts.countIn("orders", "app", limits)).isEmpty();
        counts.countOut("shop", "app");
        assertThat(counts.countIn("shop", "app", limits)).isEmpty();
    }

    @Test
    void aUsersOwnBoundHoldsOverAllDatabases() {
        // given
        var limits = limits(0, 0).withUsers(Map.of("app", limits(0, 1)));
        assertThat(counts.countIn("shop", "app", limits)).isEmpty();

        // then
        assertThat(counts.countIn("orders", "app", limits).orElseThrow().message())
                .contains("\"app\"", "max_user_client_connections");
        assertThat(counts.countIn("orders", "reports", limits)).isEmpty();
        assertThat(counts.countIn("orders", "reports", limits)).isEmpty();
    }

    private static Limits limits(int ofDatabase, int ofUser) {
        return Limits.defaults()
                .with(new Limits.Clients(100, ofDatabase, ofUser, Duration.ofSeconds(60), 10_000));
    }
}
