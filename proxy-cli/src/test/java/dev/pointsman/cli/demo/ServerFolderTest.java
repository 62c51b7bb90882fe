package dev.pointsman.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What is swept up of servers whose process is gone, while others come and go.
class ServerFolderTest {
    @TempDir Path temporary;

    private Path owned(String name, String pid) throws IOException {
        var folder = Files.createDirectory(temporary.resolve("pointsman-postgres-" + name));
        Files.writeString(folder.resolve("owner"), pid);
        Files.createDirectories(folder.resolve("data/base"));
        return folder;
    }

    private static long gone() throws IOException, InterruptedException {
        var process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }

    @Test
    void whatAProcessLeftThatIsGoneGoesAndNothingElse() throws Exception {
        // given: the second has not come to say whose it is
        var left = owned("left", Long.toString(gone()));
        var begun = owned("begun", "");
        var nameless = Files.createDirectory(temporary.resolve("pointsman-postgres-nameless"));
        var ours = owned("ours", Long.toString(ProcessHandle.current().pid()));
        var strange = owned("strange", "nobody");

        // when
        ServerFolder.sweep(temporary);

        // then
        assertThat(left).doesNotExist();
        assertThat(begun).exists();
        assertThat(nameless).exists();
        assertThat(ours).exists();
        assertThat(strange).exists();
    }
}
