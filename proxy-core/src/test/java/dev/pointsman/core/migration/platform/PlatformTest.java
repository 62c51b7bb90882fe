package dev.pointsman.core.migration.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.cluster.Rights;
import dev.pointsman.core.cluster.ServerFacts;
import dev.pointsman.core.migration.platform.Platform.Takes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

class PlatformTest {
    @ParameterizedTest
    @CsvSource({
        "rds.extensions,                          RDS",
        "rds.extensions aurora_version(),         AURORA",
        "cloudsql.logical_decoding,               CLOUD_SQL",
        "azure.extensions,                        AZURE",
        "wal_level,                               PLAIN"
    })
    void aServerTellsWhoRunsItByItsParameters(String known, Platform expected) {
        var settings = new LinkedHashMap<String, String>();
        for (var name : known.split(" ", -1)) {
            settings.put(name, "");
        }
        assertThat(Platform.of(facts(settings, Set.of()))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "rds_superuser,     RDS",
        "rds_replication,   RDS",
        "cloudsqlsuperuser, CLOUD_SQL",
        "azure_pg_admin,    AZURE",
        "pg_monitor,        PLAIN"
    })
    void aServerTellsWhoRunsItByItsRoles(String role, Platform expected) {
        assertThat(Platform.of(facts(Map.of(), Set.of(role)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "PLAIN,     ALTER ROLE pm REPLICATION,      ALTER ROLE pm SUPERUSER",
        "RDS,       GRANT rds_replication TO pm,    GRANT rds_superuser TO pm",
        "AURORA,    GRANT rds_replication TO pm,    GRANT rds_superuser TO pm",
        "CLOUD_SQL, ALTER USER pm WITH REPLICATION, GRANT cloudsqlsuperuser TO pm",
        "AZURE,     ALTER ROLE pm WITH REPLICATION, GRANT azure_pg_admin TO pm"
    })
    void rightsAreGivenInTheLanguageOfThePlatform(
            Platform platform, String replication, String subscriptionBefore16) {
        assertThat(platform.replication("pm")).isEqualTo(replication);
        assertThat(platform.subscription("pm", 15)).isEqualTo(subscriptionBefore16);
        assertThat(platform.subscription("pm", 16)).isEqualTo("GRANT pg_create_subscription TO pm");
    }

    @ParameterizedTest
    @CsvSource({
        "PLAIN,     ALTER SYSTEM SET wal_level = 'logical'; and restart",
        "RDS,       Set rds.logical_replication = 1 in the DB parameter group and reboot the"
                + " instance.",
        "AURORA,    Set rds.logical_replication = 1 in the DB cluster parameter group and reboot"
                + " the writer.",
        "CLOUD_SQL, Set the flag cloudsql.logical_decoding = on and restart the instance.",
        "AZURE,     Set the server parameter wal_level = logical and restart the server."
    })
    void settingsAreMadeWhereThePlatformKeepsThem(Platform platform, String mend) {
        assertThat(platform.setting("wal_level", "logical", Takes.RESTART)).isEqualTo(mend);
    }

    @ParameterizedTest
    @EnumSource(value = Platform.class, mode = EnumSource.Mode.EXCLUDE, names = "PLAIN")
    void whereNobodyIsASuperuserNothingAsksForOne(Platform platform) {
        assertThat(platform.givesBypass()).isFalse();
        assertThat(platform.allRows("pm")).doesNotContain("ALTER ROLE pm BYPASSRLS");
        assertThat(platform.setting("max_wal_senders", "9", Takes.RESTART))
                .contains("max_wal_senders = 9")
                .doesNotContain("ALTER SYSTEM");
        assertThat(platform.setting("fsync", "on", Takes.RELOAD))
                .contains("fsync = on")
                .doesNotContain("restart", "reboot", "pg_reload_conf");
        assertThat(platform.access()).doesNotContain("pg_hba.conf");
        assertThat(platform.administrator()).isNotEqualTo("a superuser");
    }

    @Test
    void aSettingOfAServerOfOnesOwnIsReloadedWhereThatIsEnough() {
        assertThat(Platform.PLAIN.setting("fsync", "on", Takes.RELOAD))
                .isEqualTo("ALTER SYSTEM SET fsync = 'on'; SELECT pg_reload_conf()");
    }

    private static ServerFacts facts(Map<String, String> settings, Set<String> memberOf) {
        var rights = new Rights("pm", false, false, false, false, true, true, memberOf);
        return new ServerFacts(150_004, "15.4", false, 1, 2, "owner", settings, rights);
    }
}
