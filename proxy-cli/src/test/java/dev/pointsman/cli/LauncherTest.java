package dev.pointsman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// The launcher on a machine that lacks what it needs, alone in a folder, with the everyday tools
/// on the PATH and nothing else.
class LauncherTest {
    private static final Path LAUNCHER = Path.of("../pointsman");
    private static final List<String> TOOLS =
            List.of(
                    "sh",
                    "cat",
                    "date",
                    "dirname",
                    "find",
                    "grep",
                    "head",
                    "kill",
                    "ln",
                    "mkdir",
                    "mv",
                    "readlink",
                    "rm",
                    "sed",
                    "sleep",
                    "tee",
                    "touch");

    @TempDir private Path folder;
    private Path tools;

    @BeforeEach
    void linkTheTools() throws IOException {
        tools = Files.createDirectory(folder.resolve("bin"));
        for (var name : TOOLS) {
            var found =
                    Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                            .map(one -> Path.of(one, name))
                            .filter(Files::isExecutable)
                            .findFirst();
            if (found.isPresent()) {
                Files.createSymbolicLink(tools.resolve(name), found.get());
            }
        }
    }

    @Test
    void withoutAJdkOneLineSaysWhatToInstall() throws Exception {
        // given: the usual install folders are below this one, where nothing is
        var text =
                Files.readString(LAUNCHER)
                        .replaceAll(" /(usr|opt|Library)/", " " + folder + "/$1/");

        // when
        var end = run(text, "");

        // then
        assertThat(end.error())
                .isEqualTo(
                        "pointsman: no JDK 25 or newer found: install one (such as Eclipse Temurin"
                                + " 25) or set JAVA_HOME to it\n");
        assertThat(end.status()).isEqualTo(1);
        assertThat(end.output()).isEmpty();
    }

    @Test
    void withoutMavenOneLineSaysWhatToInstall() throws Exception {
        // when
        var end = run(Files.readString(LAUNCHER), System.getProperty("java.home"));

        // then
        assertThat(end.error())
                .isEqualTo(
                        "pointsman: no Maven found: install Maven 3.8.5 or newer so that mvn is on"
                                + " PATH\n");
        assertThat(end.status()).isEqualTo(1);
        assertThat(end.output()).isEmpty();
    }

    private record End(int status, String output, String error) {}

    private End run(String launcher, String javaHome) throws IOException, InterruptedException {
        var script = Files.writeString(folder.resolve("pointsman"), launcher);
        var out = folder.resolve("out");
        var err = folder.resolve("err");
        var builder =
                new ProcessBuilder(tools.resolve("sh").toString(), script.toString(), "demo")
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("JAVA_HOME", javaHome);
        var status = builder.start().waitFor();
        return new End(status, text(out), text(err));
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
