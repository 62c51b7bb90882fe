package dev.pointsman.core.migration.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Shop;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class GrantsTest {
    @ParameterizedTest
    @CsvSource({
        "PLAIN,     ALTER ROLE pm REPLICATION;,      a superuser",
        "RDS,       GRANT rds_replication TO pm;,    a member of rds_superuser",
        "AURORA,    GRANT rds_replication TO pm;,    a member of rds_superuser",
        "CLOUD_SQL, ALTER USER pm WITH REPLICATION;, a member of cloudsqlsuperuser",
        "AZURE,     ALTER ROLE pm WITH REPLICATION;, a member of azure_pg_admin"
    })
    void theSqlIsThePlatforms(Platform platform, String replication, String administrator)
            throws Exception {
        // when
        var lines = lines(platform, 17);

        // then
        assertThat(lines)
                .startsWith("-- server blue: it", "-- as " + administrator)
                .contains(replication, "GRANT pg_create_subscription TO pm;")
                .contains("GRANT CREATE, CONNECT ON DATABASE shop TO pm;")
                .contains("GRANT owner TO pm;");
        assertThat(lines.contains("ALTER ROLE pm BYPASSRLS;"))
                .isEqualTo(platform == Platform.PLAIN);
        assertThat(lines.stream().filter(line -> line.contains("SUPERUSER"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PLAIN,     only a superuser may,                   ALTER ROLE pm SUPERUSER;",
        "RDS,       only a member of rds_superuser may,     GRANT rds_superuser TO pm;",
        "CLOUD_SQL, only a member of cloudsqlsuperuser may, GRANT cloudsqlsuperuser TO pm;",
        "AZURE,     only a member of azure_pg_admin may,    GRANT azure_pg_admin TO pm;"
    })
    void beforeSixteenTheRightToSubscribeIsACommentThatSaysWhatItTakes(
            Platform platform, String who, String sql) throws Exception {
        assertThat(lines(platform, 14))
                .doesNotContain("GRANT pg_create_subscription TO pm;", sql)
                .anyMatch(line -> line.startsWith("-- before 16 " + who) && line.contains(sql));
    }

    @Test
    void nobodyIsMadeAMemberOfASuperuser() throws Exception {
        // when
        var lines =
                lines(
                        Platform.PLAIN,
                        17,
                        new Grants.Owned(
                                List.of("owner"),
                                List.of(),
                                true,
                                List.of("public.a of postgres", "public.b of postgres")));

        // then
        assertThat(lines)
                .contains("GRANT owner TO pm;", "ALTER DATABASE shop OWNER TO pm;")
                .anyMatch(line -> line.startsWith("-- 2 tables belong to superusers"))
                .noneMatch(line -> line.contains("GRANT postgres"));
    }

    private static List<String> lines(Platform platform, int major) throws Exception {
        return lines(
                platform,
                major,
                new Grants.Owned(List.of("owner", "pm"), List.of(), false, List.of()));
    }

    private static List<String> lines(Platform platform, int major, Grants.Owned owned)
            throws Exception {
        return Grants.forServer(
                        Shop.database().server("blue"),
                        new Grants.Found(platform, major, owned, "it"))
                .stream()
                .map(line -> line.replace("\"", ""))
                .toList();
    }
}
