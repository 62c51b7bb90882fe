package dev.pointsman.cli.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.driver.Missing;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The build's format check, run on a tree of its own.
class FormatTest {
    private static final Path ROOT = Repository.ours().root();
    private static final Path JAR = ROOT.resolve("target/format/google-java-format.jar");

    @TempDir Path tree;

    @BeforeEach
    void plant() throws IOException {
        if (!Files.exists(JAR)) {
            Missing.tool("the formatter, which a build without -Dquick fetches");
        }
        for (var module : List.of("proxy-core", "proxy-admin", "proxy-cli")) {
            Files.createDirectories(tree.resolve(module).resolve("src"));
        }
        Files.writeString(tree.resolve("proxy-core/src/A.java"), "class A {\n    int a;\n}\n");
    }

    @Test
    void aFormattedTreePasses() throws Exception {
        var end = check();

        assertThat(end.said()).isEmpty();
        assertThat(end.status()).isZero();
    }

    @Test
    void aPlantedFileThatIsNotFormattedIsFoundAndNamed() throws Exception {
        Files.writeString(tree.resolve("proxy-cli/src/B.java"), "class B {\n  int b ;\n}\n");

        var end = check();

        assertThat(end.said()).contains("B.java", "mvn validate -Dformat=write");
        assertThat(end.said()).doesNotContain("A.java");
        assertThat(end.status()).isEqualTo(1);
    }

    private record End(int status, String said) {}

    private End check() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var program = ROOT.resolve("config/format/Format.java").toString();
        var process =
                new ProcessBuilder(java, program, "check", JAR.toString())
                        .directory(tree.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        var said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return new End(process.waitFor(), said);
    }
}
