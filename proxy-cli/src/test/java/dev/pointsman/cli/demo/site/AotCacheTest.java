package dev.pointsman.cli.demo.site;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

class AotCacheTest {
    private static final String ASKED_BY = "pointsman.aot";

    @TempDir private Path folder;

    @AfterEach
    void nobodyAsks() {
        System.clearProperty(ASKED_BY);
    }

    @Test
    void withoutALauncherNothingIsLearned() throws Exception {
        assertThat(AotCache.asked().isAsked()).isFalse();
        assertThat(AotCache.asked().flags()).isEmpty();
        assertThat(AotCache.asked().keep()).isZero();

        System.setProperty(ASKED_BY, "");
        assertThat(AotCache.asked().isAsked()).isFalse();
    }

    @Test
    void whatTheJvmWroteTakesThePlaceOfTheOldOneAtOnce() throws Exception {
        // given
        var file = folder.resolve("some.aot");
        Files.writeString(file, "old");
        System.setProperty(ASKED_BY, file.toString());
        var cache = AotCache.asked();
        var flag = cache.flags().getFirst();
        var draft = Path.of(flag.substring(flag.indexOf('=') + 1));
        assertThat(draft).isNotEqualTo(file).hasParentRaw(folder);

        // when
        Files.writeString(draft, "new one");

        // then
        assertThat(file).hasContent("old");
        assertThat(cache.keep()).isEqualTo(7);
        assertThat(file).hasContent("new one");
        assertThat(draft).doesNotExist();
    }

    @Test
    void aJvmThatWroteNothingLeavesTheOldOne() throws Exception {
        var file = folder.resolve("some.aot");
        Files.writeString(file, "old");
        System.setProperty(ASKED_BY, file.toString());

        assertThat(AotCache.asked().keep()).isZero();
        assertThat(file).hasContent("old");
    }
}
