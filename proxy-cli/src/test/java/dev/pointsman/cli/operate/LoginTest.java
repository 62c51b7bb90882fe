package dev.pointsman.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminAddress;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.AdminTls;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class LoginTest {
    private static final AdminTls UNSAID = new AdminTls(Map.of());

    private static final String PASS_FILE = "org.postgresql.pgpassfile";

    @TempDir private Path folder;

    private ScriptedAdmin admin;

    @BeforeEach
    void start() throws IOException {
        admin = new ScriptedAdmin().password("open sesame").rows("SHOW VERSION", "version", "one");
    }

    @AfterEach
    void stop() throws IOException {
        admin.close();
        System.clearProperty(PASS_FILE);
    }

    @Test
    void nothingSaidIsTheDefault() {
        assertThat(AdminAddress.of("", Map.of()))
                .isEqualTo(
                        new AdminAddress("127.0.0.1", 6433, "operator", "pointsman", "", UNSAID));
    }

    @Test
    void theOptionGoesOverTheEnvironment() {
        // given
        var environment = Map.of("POINTSMAN_ADMIN", "postgres://a@one:1/x", "PGPASSWORD", "p");

        // then
        assertThat(AdminAddress.of("", environment))
                .isEqualTo(new AdminAddress("one", 1, "a", "x", "p", UNSAID));
        assertThat(AdminAddress.of("postgresql://b@two", environment))
                .isEqualTo(new AdminAddress("two", 6433, "b", "pointsman", "p", UNSAID));
        assertThat(AdminAddress.of("postgres://two", environment).user()).isEqualTo("operator");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:6433", "http://x:1", "postgres://", "postgres://a b:c@x"})
    void whatIsNoAddressIsAUsageError(String text) {
        assertThatThrownBy(() -> AdminAddress.of(text, Map.of()))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining(AdminAddress.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POINTSMAN_ADMIN_PASSWORD", "PGPASSWORD"})
    void aPasswordComesFromTheEnvironment(String variable) throws Exception {
        assertLogsIn(Map.of(variable, "open sesame"));
    }

    @Test
    void aPasswordComesFromThePassFile() throws Exception {
        // given
        var file = folder.resolve("pgpass");
        Files.writeString(file, "127.0.0.1:" + admin.port() + ":pointsman:operator:open sesame\n");
        System.setProperty(PASS_FILE, file.toString());

        // then
        assertLogsIn(Map.of());
    }

    @Test
    void aWrongPasswordIsToldWithTheWaysToGiveTheRightOne() {
        assertThatThrownBy(() -> assertLogsIn(Map.of("PGPASSWORD", "guess")))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.FAILED))
                .hasMessageContaining("the login failed")
                .hasMessageContaining("POINTSMAN_ADMIN_PASSWORD, PGPASSWORD or .pgpass")
                .hasMessageNotContaining("guess");
    }

    private void assertLogsIn(Map<String, String> environment) throws Exception {
        var url = "postgres://operator@127.0.0.1:" + admin.port() + "/pointsman";
        try (var client = AdminClient.open(AdminAddress.of(url, environment))) {
            assertThat(client.query("SHOW VERSION").rows().getFirst().text("version"))
                    .isEqualTo("one");
        }
    }

    @Test
    void encryptionIsSaidInTheAddressAndByTheRulesOfLibpq() {
        assertThat(mode("", Map.of())).isEqualTo("prefer");
        assertThat(mode("", Map.of("PGSSLMODE", "require"))).isEqualTo("require");
        assertThat(mode("?sslmode=disable", Map.of("PGSSLMODE", "require"))).isEqualTo("disable");
        assertThat(mode("?sslmode=require&sslrootcert=ca.crt", Map.of())).isEqualTo("verify-ca");
        assertThat(mode("?sslrootcert=system", Map.of())).isEqualTo("verify-full");
        for (var wrong :
                List.of("?sslmode=full", "?ssl=1", "?sslmode=require&sslrootcert=system")) {
            assertThatThrownBy(() -> mode(wrong, Map.of())).isInstanceOf(CommandFailure.class);
        }
    }

    private static String mode(String query, Map<String, String> environment) {
        return AdminAddress.of("postgres://a@one/x" + query, environment).tls().mode();
    }
}
