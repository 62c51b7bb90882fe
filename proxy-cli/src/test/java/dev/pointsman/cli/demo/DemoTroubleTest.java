package dev.pointsman.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;

import dev.pointsman.cli.MainProcess;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

@Tag("real")
class DemoTroubleTest {
    @TempDir private Path folder;

    @Test
    void aFolderThatCannotBeHadIsToldWithTheMendAndAsJson() throws Exception {
        // given
        var file = Files.createFile(folder.resolve("no-folder"));

        // when
        try (var demo =
                MainProcess.start(
                        folder, List.of("-Djava.io.tmpdir=" + file), List.of("demo", "--json"))) {
            var status = demo.awaitEnd();

            // then
            assertThat(status).as(demo.error()).isEqualTo(1);
            assertThat(demo.error().lines().toList().getLast())
                    .startsWith("cannot set up PostgreSQL 14.")
                    .contains("below " + file + ": ", file + ": ")
                    .endsWith(
                            "; make room and rights there, or name another folder with"
                                    + " POINTSMAN_JAVA_OPTS=-Djava.io.tmpdir=FOLDER");
            assertThat(demo.output().lines()).hasSize(1);
            assertThat(JSON.std.mapFrom(demo.output()))
                    .containsEntry("outcome", "failed")
                    .containsEntry("lost", null)
                    .containsKeys("acknowledged", "duplicated", "errors", "cutovers")
                    .extractingByKey("message")
                    .asString()
                    .contains("cannot set up PostgreSQL 14.");
        }
    }
}
