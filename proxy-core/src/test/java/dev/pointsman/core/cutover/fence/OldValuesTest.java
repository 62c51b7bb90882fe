package dev.pointsman.core.cutover.fence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.cutover.fence.OldValues.Rights;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;

/// What a fence remembers, and what it makes of that.
class OldValuesTest {
    private static final OldValues OWNER_ALONE =
            new OldValues(
                    -1,
                    "",
                    true,
                    new Rights(List.of(), List.of("owner"), List.of(), List.of(), List.of()));
    private static final OldValues SHARED =
            new OldValues(
                    -1,
                    "",
                    true,
                    new Rights(
                            List.of("", "app"),
                            List.of("pm", "copier"),
                            List.of("pm"),
                            List.of("app"),
                            List.of(
                                    new GrantedOn("app", "guest", true),
                                    new GrantedOn("guest", "", false))));

    @Test
    void whatIsWrittenIsReadAgain() {
        for (var old : List.of(new OldValues(7, "off", false, Rights.NONE), SHARED, OWNER_ALONE)) {
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
                .noneMatch(sql -> sql.contains("CONNECTION LIMIT"))
                .noneMatch(sql -> sql.contains("REVOKE"));
    }

    @Test
    void whoHeldNoRightOfHisOwnLosesTheOneThatHeWasGivenLast() {
        assertThat(Fence.lifting("shop", SHARED))
                .contains(
                        "GRANT CONNECT ON DATABASE shop TO PUBLIC",
                        "GRANT CONNECT ON DATABASE shop TO \"app\" WITH GRANT OPTION")
                .endsWith("REVOKE CONNECT ON DATABASE shop FROM \"pm\"")
                .noneMatch(sql -> sql.contains("copier"));
    }

    @Test
    void whatWasGrantedOnIsGrantedInTheSameNamesAndOrder() {
        assertThat(Fence.lifting("shop", SHARED))
                .containsSubsequence(
                        "GRANT CONNECT ON DATABASE shop TO \"app\" WITH GRANT OPTION",
                        "SET ROLE \"app\"; GRANT CONNECT ON DATABASE shop TO \"guest\" WITH GRANT"
                                + " OPTION; RESET ROLE",
                        "SET ROLE \"guest\"; GRANT CONNECT ON DATABASE shop TO PUBLIC; RESET ROLE");
    }

    @Test
    void withADroppedRoleGoesWhatOthersHadByIt() {
        assertThat(Fence.lifting("shop", SHARED.without(Set.of("app"))))
                .contains("GRANT CONNECT ON DATABASE shop TO PUBLIC")
                .noneMatch(sql -> sql.contains("app") || sql.contains("SET ROLE"));
        assertThat(Fence.lifting("shop", SHARED.without(Set.of("guest", "pm"))))
                .contains("GRANT CONNECT ON DATABASE shop TO \"app\" WITH GRANT OPTION")
                .noneMatch(sql -> sql.contains("guest") || sql.contains("pm"));
        assertThat(SHARED.without(Set.of("copier")).rights().granted()).containsExactly("pm");
        assertThat(SHARED.without(Set.of())).isEqualTo(SHARED);
    }

    @Test
    void whoIsNoSuperuserNeverMeetsTheConnectionLimit() {
        assertThat(Fence.lifting("shop", OWNER_ALONE))
                .noneMatch(sql -> sql.contains("CONNECTION LIMIT"));
    }
}
