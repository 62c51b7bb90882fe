package dev.pointsman.cli.demo.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.file.ConfigFile;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

@Tag("real")
class ProxyFileTest {
    @Test
    void theFileIsOneThatTheProxyReads() throws Exception {
        // given
        var passwords = Passwords.random();
        var file = new ProxyFile(15_001, 15_002, List.of("shop", "other"), "session", 28);
        try (var pair = Pair.start(passwords)) {
            // when
            var config =
                    ConfigFile.parse(
                            file.text(pair, passwords), "file", Path.of("/nowhere"), Map.of());
            // then
            assertThat(config.databases().keySet()).containsExactlyInAnyOrder("shop", "other");
            assertThat(config.listen().port()).isEqualTo(15_001);
            assertThat(config.databases())
                    .hasEntrySatisfying(
                            "shop",
                            shop ->
                                    assertThat(shop.servers())
                                            .containsOnlyKeys(Pair.BLUE, Pair.GREEN));
        }
    }
}
