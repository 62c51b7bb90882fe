package dev.pointsman.core.migration.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.tls.PeerTls;
import dev.pointsman.core.config.tls.ServerTls;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;

class SubscriptionsTest {
    private static final ReplicationNames NAMES = new ReplicationNames("shop", 1);

    @ParameterizedTest
    @CsvSource({"13, 18, ''", "14, 18, on", "15, 16, on", "16, 18, parallel", "18, 14, on"})
    void streamingIsWhatBothVersionsCan(int from, int to, String streaming) {
        assertThat(Subscriptions.Options.copying(from, to).streaming()).isEqualTo(streaming);
    }

    @Test
    void theWayBackNeitherCopiesNorBegins() {
        assertThat(
                        Subscriptions.sql(
                                NAMES,
                                Direction.BACK,
                                "host='x'",
                                Subscriptions.Options.waiting(18, 14)))
                .isEqualTo(
                        "CREATE SUBSCRIPTION pointsman_shop_1_back CONNECTION 'host=''x'''"
                                + " PUBLICATION pointsman_shop_1_back WITH (create_slot = false,"
                                + " slot_name = 'pointsman_shop_1_back', copy_data = false,"
                                + " enabled = false, streaming = on)");
    }

    @Test
    void aPublicationNamesItsTablesAndItsOwnMarkerOnly() {
        assertThat(Publications.sql(NAMES, Direction.FORWARD, List.of("public.a", "b.\"C\"")))
                .isEqualTo(
                        "CREATE PUBLICATION pointsman_shop_1 FOR TABLE ONLY public.a, ONLY b.\"C\","
                                + " ONLY pointsman.marker");
    }

    @Test
    void aPasswordWithQuotesIsQuotedAndNeverShown() {
        var address =
                new PeerAddress(
                        new Server(
                                "green",
                                "10.0.0.6",
                                5432,
                                "shop",
                                ServerTls.of(SslMode.PREFER),
                                new Server.Control("pm", new Secret.Clear("a'b\\c"), "postgres"),
                                Map.of(),
                                new Server.Peer("peer", 5433, PeerTls.of(SslMode.VERIFY_FULL))));
        assertThat(address.conninfo())
                .isEqualTo(
                        "host='peer' port=5433 dbname='shop' user='pm' sslmode=verify-full"
                                + " password='a\\'b\\\\c'");
        assertThat(address.toString()).doesNotContain("a'b", "password");
    }
}
