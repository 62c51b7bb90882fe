package dev.pointsman.core.config.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.User;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

class SecretsTest {
    private static final String VERIFIER =
            "SCRAM-SHA-256$4096:c2FsdHNhbHQ=$c3RvcmVka2V5:c2VydmVya2V5";

    @TempDir private Path folder;

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void aVerifierAndAHashAreKnownByTheirLook() throws Exception {
        assertThat(user("{password: '" + VERIFIER + "'}").secret())
                .isEqualTo(new Secret.ScramVerifier(VERIFIER));
        assertThat(user("{password: md50123456789abcdef0123456789abcdef}").secret())
                .isEqualTo(new Secret.Md5Hash("md50123456789abcdef0123456789abcdef"));
        assertThat(user("md5 is not a hash").secret())
                .isEqualTo(new Secret.Clear("md5 is not a hash"));
    }

    @Test
    void theEnvironmentGoesIn() throws Exception {
        // given
        environment.put("APP", "from env ${NO} $$");
        environment.put("EMPTY", "");

        // then
        assertThat(user("{password: \"${APP}\"}").secret())
                .isEqualTo(new Secret.Clear("from env ${NO} $$"));
        assertThat(user("{password: \"${NONE:-otherwise}\"}").secret())
                .isEqualTo(new Secret.Clear("otherwise"));
        assertThat(user("{password: \"${EMPTY:-otherwise}\"}").secret())
                .isEqualTo(new Secret.Clear("otherwise"));
        assertThat(user("{password: \"a$${b}$5\"}").secret())
                .isEqualTo(new Secret.Clear("a${b}$5"));
        assertThatThrownBy(() -> user("{password: \"${open\"}"))
                .hasMessageContaining("${ without }");
        assertThatThrownBy(() -> user("{password: \"${a b}\"}"))
                .hasMessageContaining("does not name an environment variable");
    }

    @Test
    void aFileIsReadFromTheFoldersOfTheConfiguration() throws Exception {
        // given
        Files.writeString(folder.resolve("app.secret"), "from a file\n");

        // then
        assertThat(user("{password: {file: app.secret}}").secret())
                .isEqualTo(new Secret.Clear("from a file"));
        assertThat(user("{file: app.secret}").secret()).isEqualTo(new Secret.Clear("from a file"));
        assertThatThrownBy(() -> user("{password: {file: no.secret}}"))
                .hasMessageContaining("line 5: users.app.password: the password cannot be fetched:")
                .hasMessageContaining("no.secret");
    }

    @Test
    void aCommandIsRun() throws Exception {
        assertThat(user("{password: {command: 'echo from a command'}}").secret())
                .isEqualTo(new Secret.Clear("from a command"));
        assertThatThrownBy(() -> user("{password: {command: 'echo secret; exit 3'}}"))
                .hasMessageContaining("the command ended with 3")
                .hasMessageNotContaining("secret; ");
        assertThatThrownBy(() -> user("{password: {command: 'true'}}"))
                .hasMessageContaining("the command gave nothing");
    }

    @Test
    void aCommandWithRefreshIsRunAgainBehindTheCallersBack() throws Exception {
        // given
        var count = folder.resolve("count");
        Files.writeString(count, "one");
        var user = user("{password: {command: 'cat " + count + "', refresh: 1ms}}");
        assertThat(user.secret()).isIn(new Secret.Clear("one"));

        // when
        Files.writeString(count, "two");

        // then
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> user.secret().equals(new Secret.Clear("two")));
    }

    @Test
    void aFailingRefreshKeepsTheLastPassword() throws Exception {
        // given
        var file = folder.resolve("there");
        var mark = folder.resolve("failed");
        Files.writeString(file, "one");
        var line = "cat " + file + " || { touch " + mark + "; exit 1; }";
        var user = user("{password: {command: '" + line + "', refresh: 1ms}}");

        // when
        Files.delete(file);
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> user.secret().equals(new Secret.Clear("one")) && Files.exists(mark));

        // then
        assertThat(user.secret()).isEqualTo(new Secret.Clear("one"));
    }

    @Test
    void aPasswordFromNowhereIsAProblem() {
        assertThatThrownBy(() -> user("{password: {file: a, command: b}}"))
                .hasMessageContaining("does not say where the password is");
        assertThatThrownBy(() -> user("{password: {fil: a}}"))
                .hasMessageContaining("there is no such key here");
        assertThatThrownBy(() -> user("{password: {command: 'echo a', refresh: often}}"))
                .hasMessageContaining("users.app.password.refresh: 'often' cannot be read");
    }

    private User user(String app) throws ConfigProblems {
        var text =
                """
                admin: {users: {operator: x}}
                auth: {type: trust}
                state: s
                users:
                  app: %s
                databases:
                  shop: {servers: {blue: {host: h, control: {user: c, password: d}}}}
                """
                        .formatted(app);
        var user = ConfigFile.parse(text, "test.yaml", folder, environment).users().get("app");
        return Objects.requireNonNull(user);
    }
}
