package dev.pointsman.core.cutover.fence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

/// What a fence remembers, and what it makes of that.
class OldValuesTest {
    private static final OldValues OWNER_ALONE =
            new OldValues(-1, "", true, List.of(), List.of("owner"));

    @Test
    void whatIsWrittenIsReadAgain() {
        for (var old :
                List.of(
                        new OldValues(7, "off", false, List.of(), List.of()),
                        new OldValues(-1, "", true, List.of("", "app"), List.of("pm")),
                        OWNER_ALONE)) {
            assertThat(OldValues.fromJson(old.toJson())).isEqualTo(old);
        }
    }

    @Test
    void recordsThatDoNotSayTheMeansAreReadAsTheyWereMeant() {
        // when
        var limited =
                OldValues.fromJson(
                        "{\"v\":1,\"limit\":9,\"read_only\":\"\",\"revoked\":[],\"granted\":[\"pm\"]}");
        var revoked =
                OldValues.fromJson(
                        "{\"v\":1,\"limit\":9,\"read_only\":\"\",\"revoked\":[\"\"],\"granted\":[]}");

        // then
        assertThat(limited.byRights()).isFalse();
        assertThat(Fence.lifting("shop", limited))
                .contains("ALTER DATABASE shop CONNECTION LIMIT 9");
        assertThat(revoked.byRights()).isTrue();
        assertThat(Fence.lifting("shop", revoked))
                .contains("GRANT CONNECT ON DATABASE shop TO PUBLIC")
                .noneMatch(sql -> sql.contains("CONNECTION LIMIT"));
    }

    @Test
    void whoIsNoSuperuserNeverMeetsTheConnectionLimit() {
        assertThat(Fence.lifting("shop", OWNER_ALONE))
                .noneMatch(sql -> sql.contains("CONNECTION LIMIT"));
    }
}
