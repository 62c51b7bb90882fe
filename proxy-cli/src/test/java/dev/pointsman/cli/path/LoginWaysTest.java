package dev.pointsman.cli.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.wire.auth.ScramVerifier;

import io.netty.pkitesting.CertificateBuilder;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/// Who may log in, with servers that ask for passwords themselves.
@Tag("real")
class LoginWaysTest {
    private static final String VERIFIER = ScramVerifier.of("a clerk's secret").text();

    @RegisterExtension static final RealServers servers = RealServers.withPasswords(18, 14);

    @TempDir Path state;

    @ParameterizedTest
    @ValueSource(ints = {18, 14})
    void aUserIsLoggedInWhereTheSameVerifierIsStoredThoughNoPasswordIs(int major) throws Exception {
        // given
        var server = server(major);
        role(server, "kept", VERIFIER);
        try (var proxy = proxy(server, "users: {kept: '" + VERIFIER + "'}")) {
            // then
            assertThat(whoAmI(proxy, "kept", "a clerk's secret")).isEqualTo("kept");
            assertThat(refused(proxy, "kept", "wrong")).isEqualTo("28P01");
        }
    }

    @Test
    void aUserWithAnotherVerifierOnTheServerIsToldSo() throws Exception {
        // given
        role(server(18), "other", ScramVerifier.of("a clerk's secret").text());
        try (var proxy = proxy(server(18), "users: {other: '" + VERIFIER + "'}")) {
            // when
            var refused = refusal(proxy, "other", "a clerk's secret", Map.of());
            // then
            assertThat((Throwable) refused)
                    .hasMessageContaining("with another verifier than the one that clients proved");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {18, 14})
    void theDatabaseIsAskedForThoseThatTheFileDoesNotName(int major) throws Exception {
        // given
        var server = server(major);
        role(server, "scrammed", VERIFIER);
        server.execute(
                "postgres",
                "set password_encryption = 'md5'; drop role if exists hashed;"
                        + " create role hashed login password 'an old secret'");
        role(server, "expired", VERIFIER);
        server.execute("postgres", "alter role expired valid until '2001-01-01'");
        server.execute("postgres", "drop role if exists grp; create role grp nologin");
        try (var proxy = proxy(server, "auth: {type: query}")) {
            // then
            assertThat(whoAmI(proxy, "scrammed", "a clerk's secret")).isEqualTo("scrammed");
            assertThat(whoAmI(proxy, "hashed", "an old secret")).isEqualTo("hashed");
            assertThat(refused(proxy, "scrammed", "wrong")).isEqualTo("28P01");
            assertThat(refused(proxy, "hashed", "wrong")).isEqualTo("28P01");
            assertThat(refused(proxy, "expired", "a clerk's secret")).isEqualTo("28P01");
            assertThat(refused(proxy, "grp", "a clerk's secret")).isEqualTo("28P01");
            assertThat(refused(proxy, "x' OR rolname = 'scrammed", "a clerk's secret"))
                    .isEqualTo("28P01");
        }
    }

    /// CVE-2025-2291 of another pooler: the look-up did not ask how long the password is valid.
    @Test
    void aPasswordThatHasExpiredInTheDatabaseLetsNobodyIn() throws Exception {
        // given
        var server = server(18);
        role(server, "lapsed", VERIFIER);
        try (var proxy = proxy(server, "auth: {type: query}")) {
            assertThat(whoAmI(proxy, "lapsed", "a clerk's secret")).isEqualTo("lapsed");
        }
        // when
        server.execute("postgres", "alter role lapsed valid until '2001-01-01'");
        // then
        try (var proxy = proxy(server, "auth: {type: query}")) {
            assertThat(refused(proxy, "lapsed", "a clerk's secret")).isEqualTo("28P01");
        }
    }

    /// CVE-2025-12819 of another pooler: the search path of a start-up packet reached the query.
    @Test
    void nothingOfAClientButItsNameReachesTheQuery() throws Exception {
        // given
        var server = server(18);
        role(server, "victim", VERIFIER);
        var forged = ScramVerifier.of("forged").text();
        server.execute(
                servers.database(),
                "create schema evil; create table evil.pg_authid as select 'victim'::name as"
                        + " rolname, '"
                        + forged
                        + "'::text as rolpassword; grant usage on schema evil to public; grant"
                        + " select on evil.pg_authid to public");
        server.execute("postgres", "alter role postgres set search_path = evil, pg_catalog");
        try (var proxy =
                proxy(
                        server,
                        "auth: {type: query, query: 'SELECT rolname, rolpassword FROM pg_authid"
                                + " WHERE rolname = $1'}")) {
            for (var more :
                    new Map<?, ?>[] {
                        Map.of("options", "-c search_path=evil,pg_catalog"),
                        Map.of("currentSchema", "evil,pg_catalog")
                    }) {
                // when
                var refused = refusal(proxy, "victim", "forged", more);
                // then
                assertThat(refused.getSQLState()).isEqualTo("28P01");
            }
            assertThat(whoAmI(proxy, "victim", "a clerk's secret")).isEqualTo("victim");
        } finally {
            server.execute("postgres", "alter role postgres reset search_path");
        }
    }

    @Test
    void aRoleThatMayCallOneFunctionIsEnoughToAsk() throws Exception {
        // given
        var server = server(18);
        role(server, "asked", VERIFIER);
        role(server, "asker", ScramVerifier.of("may ask").text());
        server.execute(
                servers.database(),
                """
                create schema pm_users;
                create function pm_users.find(name text, out name, out text) language sql
                  security definer set search_path = pg_catalog as $f$
                  select rolname, case when rolvaliduntil < now() then null else rolpassword end
                    from pg_authid where rolname = $1 and rolcanlogin and not rolsuper $f$;
                revoke all on function pm_users.find(text) from public;
                grant usage on schema pm_users to asker;
                grant execute on function pm_users.find(text) to asker\
                """);
        try (var proxy =
                proxy(
                        server,
                        "auth: {type: query, user: asker, password: may ask, query: 'SELECT * FROM"
                                + " pm_users.find($1)'}")) {
            // then
            assertThat(whoAmI(proxy, "asked", "a clerk's secret")).isEqualTo("asked");
            assertThat(refused(proxy, "postgres", "a clerk's secret")).isEqualTo("28P01");
        }
    }

    @Test
    void aQueryThatFailsLetsNobodyInAndTellsNothing() throws Exception {
        // given
        role(server(18), "unlucky", VERIFIER);
        try (var proxy =
                proxy(server(18), "auth: {type: query, query: 'SELECT secrets FROM vault($1)'}")) {
            // when
            var refused = refusal(proxy, "unlucky", "a clerk's secret", Map.of());
            // then
            assertThat(refused.getSQLState()).isEqualTo("57P03");
            assertThat(String.valueOf(refused.getMessage())).doesNotContain("vault", "SCRAM");
        }
    }

    @Test
    void rulesSayWhoMayComeFromWhere() throws Exception {
        // given
        role(server(18), "app", VERIFIER);
        try (var proxy =
                proxy(
                        server(18),
                        """
                        users: {app: '%s', shut: x, late: {password: x, valid_until: 2001-01-01}}
                        auth:
                          rules:
                            - {user: shut, method: reject}
                            - {address: 127.0.0.0/8, tls: refuse, user: [app, late]}
                            - {address: 10.0.0.0/8, method: trust}
                        """
                                .formatted(VERIFIER))) {
            // then
            assertThat(whoAmI(proxy, "app", "a clerk's secret")).isEqualTo("app");
            assertThat((Throwable) refusal(proxy, "shut", "x", Map.of()))
                    .hasMessageContaining("auth.rules rejects connection for host \"127.0.0.1\"")
                    .hasMessageContaining("user \"shut\"");
            var nobody = refusal(proxy, "nobody", "x", Map.of());
            assertThat(nobody.getSQLState()).isEqualTo("28000");
            assertThat((Throwable) nobody)
                    .hasMessageContaining("no auth.rules entry for host \"127.0.0.1\"")
                    .hasMessageContaining("no encryption");
            var late = refusal(proxy, "late", "x", Map.of());
            var wrong = refusal(proxy, "app", "wrong", Map.of());
            assertThat(late.getSQLState()).isEqualTo("28P01");
            assertThat(text(late, "late")).isEqualTo(text(wrong, "app"));
        }
    }

    @Test
    void aPasswordThatPassesThroughIsEnoughForTheOtherServerToo() throws Exception {
        // given
        for (var server : servers.all()) {
            role(server, "through", "passes through");
        }
        var own =
                new CertificateBuilder()
                        .subject("CN=localhost")
                        .setIsCertificateAuthority(true)
                        .ecp256()
                        .buildSelfSigned();
        Files.writeString(state.resolve("proxy.crt"), own.getCertificatePEM());
        Files.writeString(state.resolve("proxy.key"), own.getPrivateKeyPEM());
        var text =
                """
                listen: {host: 127.0.0.1, port: 0, tls: {mode: allow, cert: proxy.crt, key: proxy.key}}
                admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
                auth: {type: passthrough}
                databases:
                  %1$s:
                    serve: blue
                    control: {user: postgres}
                    servers:
                      blue: {host: "%2$s", port: %3$d, sslmode: disable}
                      green: {host: "%4$s", port: %5$d, sslmode: disable}
                """
                        .formatted(
                                servers.database(),
                                server(14).host(),
                                server(14).port(),
                                server(18).host(),
                                server(18).port());
        try (var proxy =
                Proxy.start(ConfigFile.parse(text, "test.yaml", state, Map.of()), "test")) {
            // when
            var encrypted = Map.of("sslmode", "require");
            try (var connection = connect(proxy, "through", "passes through", encrypted)) {
                assertThat(RunningProxy.value(connection, "select current_user"))
                        .isEqualTo("through");
                // then
                await().ignoreExceptions()
                        .until(
                                () -> {
                                    proxy.pools().warm(servers.database(), "green").get();
                                    return !proxy.pools()
                                            .pids(servers.database(), "green")
                                            .isEmpty();
                                });
            }
            assertThat(refusal(proxy, "through", "wrong", encrypted).getSQLState())
                    .isEqualTo("28P01");
            assertThat(refusal(proxy, "nobody", "wrong", encrypted).getSQLState())
                    .isEqualTo("28P01");
            assertThat(
                            refusal(
                                            proxy,
                                            "through",
                                            "passes through",
                                            Map.of("sslmode", "disable"))
                                    .getSQLState())
                    .isEqualTo("28000");
        }
    }

    private static Connection connect(Proxy proxy, String user, String password, Map<?, ?> more)
            throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        more.forEach((name, value) -> properties.setProperty((String) name, (String) value));
        return DriverManager.getConnection(url(proxy), properties);
    }

    private static String text(SQLException refused, String user) {
        return String.valueOf(refused.getMessage()).replace(user, "the user");
    }

    private static void role(RealServer server, String role, String password) throws SQLException {
        server.execute(
                "postgres",
                "do $$ begin create role %1$s login; exception when duplicate_object then null; end $$; alter role %1$s password '%2$s' valid until 'infinity'"
                        .formatted(role, password));
    }

    private static RealServer server(int major) {
        return servers.all().stream().filter(one -> one.major() == major).findFirst().orElseThrow();
    }

    private Proxy proxy(RealServer server, String... more) throws Exception {
        var text =
                """
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
                databases:
                  %1$s:
                    control: {user: postgres}
                    servers: {blue: {host: "%2$s", port: %3$d, sslmode: disable}}
                %4$s
                """
                        .formatted(
                                servers.database(),
                                server.host(),
                                server.port(),
                                String.join("\n", more));
        return Proxy.start(ConfigFile.parse(text, "test.yaml", state, Map.of()), "test");
    }

    private static String whoAmI(Proxy proxy, String user, String password) throws SQLException {
        try (var connection = connect(proxy, user, password, Map.of())) {
            return RunningProxy.value(connection, "select current_user");
        }
    }

    private static String refused(Proxy proxy, String user, String password) {
        return String.valueOf(refusal(proxy, user, password, Map.of()).getSQLState());
    }

    private static SQLException refusal(Proxy proxy, String user, String password, Map<?, ?> more) {
        return Objects.requireNonNull(
                catchThrowableOfType(
                        SQLException.class, () -> connect(proxy, user, password, more).close()));
    }

    private static String url(Proxy proxy) {
        return "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + servers.database();
    }
}
