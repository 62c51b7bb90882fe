package dev.pointsman.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;

import com.fasterxml.jackson.jr.ob.JSON;

import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

import java.nio.charset.StandardCharsets;
import java.util.Map;

class JsonLinesTest {
    private final LoggerContext context = new LoggerContext();

    @Test
    void anEventIsOneFlatObjectInOneLine() throws Exception {
        // given
        var event =
                new LoggingEvent(
                        "test",
                        context.getLogger("dev.pointsman.Test"),
                        Level.INFO,
                        "two\nlines",
                        null,
                        null);
        event.addKeyValuePair(new KeyValuePair("database", "shop"));
        event.addKeyValuePair(new KeyValuePair("epoch", 7));

        // when
        var line = new String(new JsonLines().encode(event), StandardCharsets.UTF_8);

        // then
        assertThat(line).endsWith("}\n").hasLineCount(1);
        Map<String, Object> object = JSON.std.mapFrom(line);
        assertThat(object)
                .containsEntry("level", "info")
                .containsEntry("message", "two\nlines")
                .containsEntry("logger", "dev.pointsman.Test")
                .containsEntry("database", "shop")
                .containsEntry("epoch", 7)
                .containsKey("time");
    }

    @Test
    void anExceptionIsInTheSameLine() throws Exception {
        // given
        var event =
                new LoggingEvent(
                        "test",
                        context.getLogger("x"),
                        Level.ERROR,
                        "broken",
                        new IllegalStateException("why"),
                        null);

        // when
        var line = new String(new JsonLines().encode(event), StandardCharsets.UTF_8);

        // then
        assertThat(line).hasLineCount(1);
        assertThat(String.valueOf(JSON.std.mapFrom(line).get("stack")))
                .startsWith("java.lang.IllegalStateException: why");
    }
}
