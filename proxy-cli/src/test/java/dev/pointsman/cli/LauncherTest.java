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
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The launcher alone in a folder, with the everyday tools on the PATH and nothing else.
class LauncherTest {
    private static final Path LAUNCHER = Path.of("../pointsman");
    private static final String JAR = "proxy-cli/target/pointsman.jar";
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
        var end = run(text, "", "demo");

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
        var end = run(Files.readString(LAUNCHER), System.getProperty("java.home"), "demo");

        // then
        assertThat(end.error())
                .isEqualTo(
                        "pointsman: no Maven found: install Maven 3.8.5 or newer so that mvn is on"
                                + " PATH\n");
        assertThat(end.status()).isEqualTo(1);
        assertThat(end.output()).isEmpty();
    }

    @Test
    void aBuildLearnsOnceBeforeItServes() throws Exception {
        // given
        var jdk = scriptedJdk("touch \"${word#-Dpointsman.aot=}\"");
        var text = Files.readString(LAUNCHER);
        build();

        // when
        var first = run(text, jdk, "serve", "-c", "some.yaml");
        var second = run(text, jdk, "serve", "-c", "some.yaml");

        // then
        assertThat(first.error())
                .startsWith("pointsman: learning from a short demo")
                .hasLineCount(1);
        assertThat(second.error()).isEmpty();
        assertThat(calls())
                .satisfiesExactly(
                        learning -> assertThat(learning).endsWith("demo --seconds 2"),
                        serving -> assertThat(serving).contains("-XX:AOTCache=" + folder),
                        serving -> assertThat(serving).endsWith("serve -c some.yaml"));

        // when the program is newer than what was learned
        Files.setLastModifiedTime(
                folder.resolve(JAR), FileTime.from(Instant.now().plusSeconds(60)));
        run(text, jdk, "serve", "-c", "some.yaml");

        // then
        assertThat(calls()).hasSize(5).element(3).asString().endsWith("demo --seconds 2");
    }

    @Test
    void whatCannotBeLearnedIsSaidOnceAndClientsAreServed() throws Exception {
        // given
        var jdk = scriptedJdk(":");
        var text = Files.readString(LAUNCHER);
        build();

        // when
        var first = run(text, jdk, "serve", "--config=some.yaml");
        var second = run(text, jdk, "serve", "--config=some.yaml");

        // then
        assertThat(first.error())
                .contains("nothing was learned, the first cutover will be slower: see " + folder)
                .hasLineCount(2);
        assertThat(second.error()).isEmpty();
        assertThat(calls()).hasSize(3);
        assertThat(calls().getLast())
                .contains("-Dpointsman.aot=" + folder)
                .endsWith("serve --config=some.yaml");
    }

    @Test
    void nothingElseWaitsForTheLearning() throws Exception {
        // given
        var jdk = scriptedJdk(":");
        var text = Files.readString(LAUNCHER);
        build();

        // when
        run(text, jdk, "check", "shop");
        run(text, jdk, "demo");
        run(text, jdk, "serve", "--help");
        run(text, jdk, "serve");
        run(text, jdk, "serve", "-c", "bad.yaml");
        run(text.replace("${POINTSMAN_AOT:-on}", "off"), jdk, "serve", "-c", "some.yaml");

        // then
        assertThat(calls()).hasSize(6).noneMatch(call -> call.contains("--seconds"));
        assertThat(calls().getLast()).contains(" -Dpointsman.aot= ");
    }

    @Test
    void whereNothingCanBeWrittenABuiltProgramServesAndAnotherSaysSo() throws Exception {
        // given: not even the superuser makes a folder of a file
        Files.createFile(folder.resolve("target"));
        var jdk = scriptedJdk(":");
        var text = Files.readString(LAUNCHER);

        // when
        var unbuilt = run(text, jdk, "serve", "-c", "some.yaml");
        build();
        var built = run(text, jdk, "serve", "-c", "some.yaml");

        // then
        assertThat(unbuilt.status()).isEqualTo(1);
        assertThat(unbuilt.error()).contains(" must be writable to build").hasLineCount(1);
        assertThat(built.status()).isZero();
        assertThat(built.error()).isEmpty();
        assertThat(calls()).singleElement().asString().endsWith("serve -c some.yaml");
    }

    /// As if Maven had been here.
    private void build() throws IOException {
        Files.createDirectories(folder.resolve(JAR).getParent());
        Files.createFile(folder.resolve(JAR));
    }

    /// Knows one good configuration. Notes how it is called otherwise; when it is asked for a demo
    /// it does `onDemo` with the word that names the cache.
    private String scriptedJdk(String onDemo) throws IOException {
        var jdk = folder.resolve("jdk");
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(
                jdk.resolve("release"), "JAVA_VERSION=\"25\"\nJAVA_RUNTIME_VERSION=\"25+1\"\n");
        for (var name : List.of("java", "javac")) {
            var program =
                    Files.writeString(
                            jdk.resolve("bin").resolve(name),
                            """
                            #!%s
                            case "$*" in
                                *'config check -c some.yaml') exit ;;
                                *'config check '*) exit 2 ;;
                            esac
                            echo "$*" >> %s
                            for word in "$@"; do
                                case "$*/$word" in *demo*/-Dpointsman.aot=*) %s ;; esac
                            done
                            """
                                    .formatted(
                                            tools.resolve("sh"), folder.resolve("calls"), onDemo));
            assertThat(program.toFile().setExecutable(true)).isTrue();
        }
        return jdk.toString();
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(folder.resolve("calls"));
    }

    private record End(int status, String output, String error) {}

    private End run(String launcher, String javaHome, String... command)
            throws IOException, InterruptedException {
        var script = Files.writeString(folder.resolve("pointsman"), launcher);
        var out = folder.resolve("out");
        var err = folder.resolve("err");
        var words = new ArrayList<>(List.of(tools.resolve("sh").toString(), script.toString()));
        words.addAll(List.of(command));
        var builder =
                new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
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
