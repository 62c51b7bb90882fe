package dev.pointsman.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.MainProcess;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

@Tag("real")
class DemoKeepTest {
    private static final Pattern PSQL =
            Pattern.compile("PGPASSWORD=(\\S+) psql -h (\\S+) -p (\\d+) -U (\\S+) (\\S+)");
    private static final Pattern STOP = Pattern.compile("or: (kill \\d+)");
    private static final Pattern CONFIGURATION = Pattern.compile("configuration: (\\S+)");

    @TempDir private Path folder;

    /// Whatever the verdict of so short a play on a busy machine: everything stays up.
    @Test
    void whatIsKeptCanBeLookedAtAndItsStopCommandEndsEverything() throws Exception {
        try (var demo = MainProcess.start(folder, "demo", "--keep", "--seconds=1", "--clients=2")) {
            // when
            var said = demo.awaitOutput("stop it with");

            // then
            var lines = PSQL.matcher(said).results().toList();
            assertThat(lines).as(said + demo.error()).hasSize(2);
            assertThat(asked(lines.getFirst(), "select count(*) > 0 from pg_class")).isEqualTo("t");
            assertThat(asked(lines.getLast(), "SHOW VERSION")).startsWith("Pointsman");
            var configuration = Path.of(first(CONFIGURATION, said));
            assertThat(configuration).exists();

            // when
            new ProcessBuilder("sh", "-c", first(STOP, said)).start().waitFor();
            demo.awaitEnd();

            // then
            Awaitility.await("everything is gone")
                    .untilAsserted(
                            () -> {
                                assertThat(lines).noneMatch(DemoKeepTest::answers);
                                assertThat(Files.exists(configuration.getParent())).isFalse();
                            });
        }
    }

    private static String first(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + pattern + " in:\n" + text))
                .group(1);
    }

    /// What psql would be told with these words.
    private static String asked(MatchResult psql, String sql) throws SQLException {
        var url =
                "jdbc:postgresql://%s:%s/%s".formatted(psql.group(2), psql.group(3), psql.group(5));
        var login = new Properties();
        login.setProperty("user", psql.group(4));
        login.setProperty("password", psql.group(1));
        login.setProperty("preferQueryMode", "simple");
        try (var connection = DriverManager.getConnection(url, login);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static boolean answers(MatchResult psql) {
        var port = Integer.parseInt(psql.group(3));
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
