package dev.pointsman.cli.serve;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;

import dev.pointsman.core.config.Config.Log;
import dev.pointsman.core.config.Config.Log.Format;

import org.slf4j.LoggerFactory;

/// Makes the process's log what the configuration wants.
final class ProcessLog {
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level %msg %kvp{DOUBLE}%n%ex";

    private ProcessLog() {}

    /// From now on the log goes to standard error in that form, and from that level on.
    static void become(Log log) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            throw new IllegalStateException("the log is not Logback's");
        }
        var encoder = encoder(log.format());
        encoder.setContext(context);
        encoder.start();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(appender);
        root.setLevel(Level.toLevel(log.level()));
    }

    private static Encoder<ILoggingEvent> encoder(Format format) {
        return switch (format) {
            case JSON -> new JsonLines();
            case TEXT -> {
                var pattern = new PatternLayoutEncoder();
                pattern.setPattern(PATTERN);
                yield pattern;
            }
        };
    }
}
