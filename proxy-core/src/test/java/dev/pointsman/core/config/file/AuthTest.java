package dev.pointsman.core.config.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Config.Auth;
import dev.pointsman.core.config.Config.AuthType;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.access.Applicant;
import dev.pointsman.core.config.file.ConfigProblems.Problem;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

class AuthTest {
    private static final String RULES =
            """
            auth:
              type: md5
              rules:
                - {address: 10.66.0.0/16, method: reject}
                - {address: [10.0.0.0/8, "fd00::/8"], database: shop, user: [app, clerk], tls: require, method: scram-sha-256}
                - {address: 127.0.0.1, tls: refuse, method: trust}
                - {user: clerk}
            """;

    @ParameterizedTest
    @CsvSource({
        "10.66.1.2, shop, app, true, REJECT",
        "10.1.1.1, shop, app, true, SCRAM_SHA_256",
        "fd00::1, shop, clerk, true, SCRAM_SHA_256",
        "10.1.1.1, shop, app, false, NONE",
        "10.1.1.1, shop, clerk, false, MD5",
        "10.1.1.1, bench, app, true, NONE",
        "127.0.0.1, bench, app, false, TRUST",
        "127.0.0.1, bench, app, true, NONE",
        "::1, bench, clerk, true, MD5",
    })
    void theFirstRuleThatMatchesCounts(
            String from, String database, String user, boolean encrypted, String way)
            throws Exception {
        // given
        var auth = auth(RULES);

        // when
        var found =
                auth.way(
                        new Applicant(
                                new InetSocketAddress(from, 4321), database, user, encrypted));

        // then
        assertThat(found.map(AuthType::name).orElse("NONE")).isEqualTo(way);
    }

    @Test
    void withoutRulesEverybodyProvesItInOneWay() throws Exception {
        assertThat(auth("auth: {type: md5}").way(local())).contains(AuthType.MD5);
    }

    @Test
    void aRuleThatIsNeverReachedIsAProblem() {
        assertThat(
                        problems(
                                """
                                auth:
                                  rules:
                                    - {address: 10.0.0.0/8, user: [app, clerk]}
                                    - {address: 10.1.0.0/16, user: app, tls: require, method: reject}
                                    - {address: 10.1.0.0/16, method: reject}
                                """))
                .singleElement()
                .asString()
                .contains("line 4", "auth.rules.2", "never reached", "rule 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {address: 10.0.0.1/8}                | no range of addresses
                    {address: localhost}                 | no range of addresses
                    {user: ap, method: scram-sha-256}    | did you mean app?
                    {database: shp, method: reject}      | did you mean shop?
                    {user: []}                           | the list is empty
                    {methd: trust}                       | did you mean method?
                    {method: cert}                       | certificates that listen.tls.ca signed
                    {method: passthrough}                | listen.tls is off
                    """)
    void aMistakeInARuleIsNamed(String rule, String named) {
        assertThat(problems("auth: {rules: [" + rule + "]}\n"))
                .anyMatch(problem -> problem.contains(named));
    }

    @Test
    void noUserNeedsToBeNamedWhereTheDatabaseIsAsked() throws Exception {
        // when
        var config = parse(base().replaceAll("(?m)^users:.*\\n", "") + "auth: {type: query}\n");

        // then
        assertThat(config.users()).isEmpty();
        assertThat(config.auth().lookup().query()).contains("pg_catalog.pg_authid", "$1");
        assertThat(config.auth().lookup().source()).isEqualTo(new Secret.Absent());
    }

    @ParameterizedTest
    @CsvSource({
        "2027-01-31T18:00:00Z, 2027-01-31T18:00:00Z",
        "2027-01-31 19:00:00+01:00, 2027-01-31T18:00:00Z",
        "2027-01-31, 2027-01-31T00:00:00Z",
    })
    void aPasswordCountsUntilThen(String written, String meant) throws Exception {
        // when
        var config =
                parse(
                        base().replace(
                                        "clerk: c",
                                        "clerk: {password: c, valid_until: '" + written + "'}"));

        // then
        var clerk = Objects.requireNonNull(config.users().get("clerk"));
        assertThat(clerk.validUntil()).isEqualTo(Instant.parse(meant));
        assertThat(Objects.requireNonNull(config.users().get("app")).validUntil())
                .isEqualTo(Instant.MAX);
    }

    private static Applicant local() {
        return new Applicant(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), "shop", "app", false);
    }

    private static Auth auth(String text) throws ConfigProblems {
        return parse(base() + text).auth();
    }

    private static List<String> problems(String auth) {
        return Objects.requireNonNull(
                        catchThrowableOfType(ConfigProblems.class, () -> parse(auth + base())))
                .problems()
                .stream()
                .map(Problem::toString)
                .toList();
    }

    private static Config parse(String text) throws ConfigProblems {
        return ConfigFile.parse(text, "test.yaml", Path.of("target"), Map.of());
    }

    private static String base() {
        return """
        admin: {users: {operator: operator}}
        users: {app: a, clerk: c}
        databases:
          shop: {control: {user: p}, servers: {blue: {host: 10.0.0.5}}}
          bench: {control: {user: p}, servers: {blue: {host: 10.0.0.6}}}
        """;
    }
}
