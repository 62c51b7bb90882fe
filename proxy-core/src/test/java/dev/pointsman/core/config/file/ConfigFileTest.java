package dev.pointsman.core.config.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pointsman.core.config.Admin.Role;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Config.AuthType;
import dev.pointsman.core.config.Config.Log.Audit;
import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.config.Http;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server.Peer;
import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.file.ConfigProblems.Problem;
import dev.pointsman.core.config.tls.PeerTls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

class ConfigFileTest {
    private static final String SMALL =
            """
            listen: {host: 127.0.0.1, port: 7001}
            admin: {host: 127.0.0.1, port: 7002, users: {operator: operator}}
            state: /var/lib/pm/state
            auth: {type: trust}
            users:
              app: {password: app}
              postgres: {password: postgres}
            databases:
              bench:
                pool: {mode: transaction, size: 16}
                serve: blue
                control: {user: postgres, password: postgres}
                servers:
                  blue: {host: 127.0.0.1, port: 7003, dbname: bench}
                  green: {host: 127.0.0.1, port: 7004, dbname: bench}
            """;

    @Test
    void aSmallFileIsReadWithDefaultsForTheRest() throws Exception {
        // when
        var config = parse(SMALL);

        // then
        assertThat(config.listen().port()).isEqualTo(7001);
        assertThat(of(config.admin().users(), "operator").role()).isEqualTo(Role.ADMIN);
        assertThat(config.auth().type()).isEqualTo(AuthType.TRUST);
        assertThat(config.http()).isEqualTo(new Http.Off());
        assertThat(config.state()).isEqualTo(Path.of("/var/lib/pm/state"));
        assertThat(config.log().audit())
                .isEqualTo(new Audit.File(Path.of("/var/lib/pm/state/audit.jsonl")));
        assertThat(config.limits()).isEqualTo(Limits.defaults());
        assertThat(config.shutdownTimeout()).isEqualTo(Duration.ofSeconds(25));
        var bench = config.database("bench");
        assertThat(bench.pool().mode()).isEqualTo(PoolMode.TRANSACTION);
        assertThat(bench.cutover()).isEqualTo(CutoverSettings.defaults());
        assertThat(bench.limits()).isEqualTo(Limits.defaults());
        var green = bench.server("green");
        assertThat(green.control().user()).isEqualTo("postgres");
        assertThat(green.control().maintenanceDb()).isEqualTo("postgres");
        assertThat(green.users()).containsOnlyKeys("app", "postgres");
        assertThat(green.peer()).isEqualTo(new Peer("127.0.0.1", 7004, PeerTls.of(SslMode.PREFER)));
    }

    @Test
    void whatIsSaidOfAServerGoesOverWhatIsSaidOfTheDatabaseAndOfEveryone() throws Exception {
        // when
        var config =
                parse(
                        SMALL.replace(
                                "port: 7004, dbname: bench}",
                                """
                                port: 7004, dbname: bench2, sslmode: disable,
                                          control: {user: pm, password: x, maintenance_db: ops},
                                          users: {app: {password: other}},
                                          peer: {host: 10.1.0.6, sslmode: require}}
                                    cutover: {stragglers: cancel, ignore_strangers: [{user: datadog}], max_lag: 64KiB}
                                    limits: {query_wait_timeout: 5s}
                                """
                                        .stripTrailing()));

        // then
        var bench = config.database("bench");
        var green = bench.server("green");
        assertThat(green.dbname()).isEqualTo("bench2");
        assertThat(green.control().user()).isEqualTo("pm");
        assertThat(green.control().maintenanceDb()).isEqualTo("ops");
        assertThat(of(green.users(), "app").secret()).isEqualTo(new Secret.Clear("other"));
        assertThat(of(green.users(), "postgres").secret()).isEqualTo(new Secret.Clear("postgres"));
        assertThat(green.peer()).isEqualTo(new Peer("10.1.0.6", 7004, PeerTls.of(SslMode.REQUIRE)));
        assertThat(of(bench.server("blue").users(), "app").secret())
                .isEqualTo(new Secret.Clear("app"));
        assertThat(bench.cutover().stragglers()).isEqualTo(CutoverSettings.Stragglers.CANCEL);
        assertThat(bench.cutover().ignoreStrangers()).containsExactly("datadog");
        assertThat(bench.cutover().maxLagBytes()).isEqualTo(65536);
        assertThat(bench.limits().queryWaitTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.limits().queryWaitTimeout()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void severalAddressesOfAServerAreAListOrStandWithCommasBetween() throws Exception {
        var text =
                SMALL.replace("blue: {host: 127.0.0.1", "blue: {host: [db1, '::1']")
                        .replace("green: {host: 127.0.0.1", "green: {host: 'db1, db2'");

        var bench = parse(text).database("bench");

        assertThat(bench.server("blue").hosts()).containsExactly("db1", "::1");
        assertThat(bench.server("green").hosts()).containsExactly("db1", "db2");
    }

    @Test
    void anotherControlUserNeverGetsTheDatabasesPassword() throws Exception {
        // when
        var config = parse(SMALL.replace("port: 7004,", "port: 7004, control: {user: pm},"));

        // then
        var control = config.database("bench").server("green").control();
        assertThat(control.user()).isEqualTo("pm");
        assertThat(control.secret()).isEqualTo(new Secret.Absent());
    }

    @Test
    void allProblemsComeAtOnceEachWithLineKeyAndMend() {
        // given
        var broken =
                """
                listen: {host: 127.0.0.1, prot: 7001}
                admin: {port: 6432, users: {operator: secret}}
                auth: {type: cert}
                users:
                  app: {password: "${NOT_SET}"}
                databases:
                  bench:
                    pool: {mode: statement, size: 0}
                    serve: blu
                    control: {user: postgres, password: md50123456789abcdef0123456789abcdef}
                    servers:
                      blue: {host: 10.0.0.5}
                      green: {host: 10.0.0.5, port: 5432}
                    cutover: {hold_limit: 2}
                limits: {suspend_timeout: 5s, held_bytes_total: 1MB}
                """;

        // when
        var problems = problems(broken);

        // then
        assertThat(problems)
                .containsExactly(
                        "line 1: listen.prot: there is no such key; did you mean port?",
                        "line 2: admin.port: clients and operators cannot share port 6432; give"
                                + " admin.port another one",
                        "line 3: auth.type: cert believes certificates that listen.tls.ca signed,"
                            + " and nothing is said there or listen.tls is off; set listen.tls up"
                            + " with ca, or choose another way",
                        "line 5: users.app.password: the environment variable NOT_SET is not set;"
                                + " set it, or write ${NAME:-default}; $$ is a dollar",
                        "line 8: databases.bench.pool.mode: 'statement' cannot be read; write one"
                                + " of session, transaction",
                        "line 8: databases.bench.pool.size: '0' cannot be read; write a number from"
                                + " 1 up",
                        "line 9: databases.bench.serve: there is no server blu; did you mean blue?",
                        "line 10: databases.bench.control.password: a verifier cannot log in as the"
                            + " control role; write the password itself, or {file: …} or {command:"
                            + " …}",
                        "line 13: databases.bench.servers.green.host: this is the same server as"
                            + " databases.bench.servers.blue: 10.0.0.5:5432/bench; a database on a"
                            + " server may be named once only",
                        "line 14: databases.bench.cutover.hold_limit: '2' cannot be read; write a"
                                + " duration like 250ms, 5s, 1m or 1h",
                        "line 15: limits.suspend_timeout: this limit is not supported yet; remove"
                                + " the key",
                        "line 15: limits.held_bytes_total: '1MB' cannot be read; write a size like"
                                + " 4096, 64KiB or 256MiB");
    }

    @Test
    void anEmptyFileNamesEverythingThatIsNeeded() {
        assertThat(problems("{}"))
                .containsExactly(
                        "line 1: admin.users: this key is missing; add it: Operators; one with role"
                                + " `admin` at least.",
                        "line 1: databases: this key is missing; add it: Databases, by the name"
                                + " that clients connect to.",
                        "line 1: users: this key is missing; add it: Users that clients log in as;"
                                + " `passthrough` and `query` need none.");
        assertThat(problems("")).singleElement().asString().contains("it is empty");
    }

    @Test
    void textThatIsNotYamlIsToldWithItsLine() {
        assertThat(problems("listen: {host: a\nadmin: ["))
                .singleElement()
                .asString()
                .contains("line");
    }

    @Test
    void aKeyThatStandsTwiceIsAProblem() {
        assertThat(problems(SMALL + "users: {app: {password: b}}\n"))
                .containsExactly("line 16: users: this key stands here twice; keep one of the two");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    serve: blue                    | serve: ''                | there is no value
                    serve: blue                    | sevre: blue              | did you mean serve?
                    port: 7003,                    | port: 0,                 | no server's port
                    port: 7003,                    | port: 70030,             | a port from 0 to 65535
                    port: 7003,                    | port: 7001,              | the proxy itself
                    port: 7003,                    | sslmode: verify-full,    | verify-full needs to know whom to trust; add sslrootcert
                    port: 7003,                    | sslrootcert: f,          | there is no file /etc/pm/f
                    port: 7003,                    | sslrootcert: system, sslmode: verify-ca, | write sslmode: verify-full
                    port: 7003,                    | sslcert: f,              | sslcert is of no use without sslkey
                    port: 7003,                    | sslnegotiation: direct,  | sslmode prefer cannot begin with TLS at once
                    port: 7003,                    | sslmode: disable, channel_binding: require, | nothing to tie a login to
                    port: 7003,                    | users: {ap: x},          | did you mean app?
                    blue: {host: 127.0.0.1,        | blue: {                  | servers.blue.host: this key is missing
                    blue: {host: 127.0.0.1,        | blue: {host: 'a,,b',     | empty or named twice
                    blue: {host: 127.0.0.1,        | blue: {host: [a, a],     | empty or named twice
                    blue: {host: 127.0.0.1, port: 7003 | blue: {host: 'a,127.0.0.1', port: 7004 | this is the same server as
                    {type: trust}                  | {type: sha}              | one of trust, md5, scram-sha-256
                    {type: trust}                  | {type: trust, query: x}  | write $1 where the user's name belongs
                    users: {operator: operator}    | users: {operator: {password: x, role: stats}} | no operator with role admin
                    port: 7001}                    | port: 7001, unix_socket_dir: /tmp, unix_socket_mode: 888} | no mode of a file
                    port: 7001}                    | port: 7001, unix_socket_dir: /a/long/path/a/long/path/a/long/path/a/long/path/a/long/path/a/long/path/a/long/path/a/long/path/} | longer than operating systems allow
                    port: 7001}                    | port: 7001, proxy_protocol: all} | must be said which addresses are load balancers
                    port: 7001}                    | port: 7001, proxy_protocol: [balancer]} | no range of addresses
                    port: 7001}                    | port: 7001, tls: {mode: require}} | listen.tls.cert: this key is missing
                    port: 7001}                    | port: 7001, tls: {ciphers: x}} | write default, or names
                    bench:                         | '"*":'                  | the wildcard leads to one server
                    bench:                         | pgbouncer:               | belongs to the admin console
                    green: {                       | 'gr een: {'              | letters, digits
                    control: {user: postgres, password: postgres} | pool: {} | twice
                    state: /var/lib/pm/state       | http: {port: 7002}       | cannot share port 7002 with operators
                    state: /var/lib/pm/state       | version: 2               | version: 1
                    state: /var/lib/pm/state       | limits: {max_client_conn: many} | a number from 1 up
                    state: /var/lib/pm/state       | limits: {max_prepared_statements: 0} | write 1 or more
                    state: /var/lib/pm/state       | limits: 5                | a group of keys belongs here
                    state: /var/lib/pm/state       | state: [a]               | a single value belongs here
                    serve: blue                    | cutover: {drain_timeout: 3s} | shorter than hold_limit
                    serve: blue                    | cutover: {ignore_strangers: x} | a list belongs here
                    serve: blue                    | limits: {max_client_conn: 5} | known under limits only
                    """)
    void aMistakeIsNamed(String right, String wrong, String named) {
        // given
        var text = SMALL.replaceFirst(Pattern.quote(right), wrong);

        // then
        assertThat(problems(text)).anyMatch(problem -> problem.contains(named));
    }

    @Test
    void aServerWithoutControlRoleIsAProblem() {
        assertThat(problems(SMALL.replaceAll("(?m)^    control:.*\\n", "")))
                .hasSize(2)
                .allMatch(problem -> problem.contains("no control role is named for this server"));
    }

    @Test
    void theOnlyServerServesWithoutSayingSo() throws Exception {
        // when
        var config = parse(SMALL.replaceAll("(?m)^ +(green|serve):.*\\n", ""));

        // then
        assertThat(config.database("bench").serve()).isEqualTo("blue");
    }

    @Test
    void withSeveralServersTheServingOneMustBeSaid() {
        assertThat(problems(SMALL.replaceAll("(?m)^ +serve:.*\\n", "")))
                .singleElement()
                .asString()
                .contains("write serve: and one of blue, green");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"app: {}", "app:", "app: {password: md50123456789abcdef0123456789abcdef}"})
    void aUserWhoCouldNotLogInIsAProblem(String user) {
        // given
        var text =
                SMALL.replace("type: trust", "type: scram-sha-256")
                        .replace("app: {password: app}", user);

        // then
        assertThat(problems(text))
                .singleElement()
                .asString()
                .startsWith(
                        "line 6: users.app: with auth.type scram-sha-256 this user cannot log in");
    }

    @Test
    void withTrustAUserNeedsNoPassword() throws Exception {
        assertThat(
                        of(parse(SMALL.replace("app: {password: app}", "app: {}")).users(), "app")
                                .secret())
                .isEqualTo(new Secret.Absent());
    }

    @Test
    void noSecretIsEverShown() throws Exception {
        // given
        var text = SMALL.replace("password: app", "password: hunter2");

        // then
        assertThat(parse(text).toString()).doesNotContain("hunter2");
        assertThatThrownBy(() -> parse(text.replace("serve: blue", "serve: hunter3")))
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void aMissingFileIsOneProblem() {
        assertThatThrownBy(() -> ConfigFile.load(Path.of("no/such/file.yaml")))
                .isInstanceOf(ConfigProblems.class)
                .hasMessageContaining("no/such/file.yaml: there is no such file");
    }

    private static <V> V of(Map<String, V> map, String key) {
        return Objects.requireNonNull(map.get(key), key);
    }

    private static Config parse(String text) throws ConfigProblems {
        return ConfigFile.parse(text, "test.yaml", Path.of("/etc/pm"), Map.of());
    }

    private static List<String> problems(String text) {
        var thrown = catchThrowableOfType(ConfigProblems.class, () -> parse(text));
        assertThat(thrown).as("the file was accepted").isNotNull();
        return thrown.problems().stream().map(Problem::toString).toList();
    }
}
