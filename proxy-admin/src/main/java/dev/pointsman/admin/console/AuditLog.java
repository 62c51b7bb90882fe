package dev.pointsman.admin.console;

import com.fasterxml.jackson.jr.ob.JSON;

import dev.pointsman.admin.command.Operator;
import dev.pointsman.core.config.Config.Log.Audit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.function.Supplier;

/// Writes down who commanded what and what came of it: a line in the log, and one JSON object a
/// line in the audit file when the configuration names one. Any thread that may block.
public final class AuditLog {
    private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
    private static final int COMMAND_CHARS_MAX = 2_000;

    private final Supplier<Audit> audit;
    private final Clock clock;

    /// @param audit where lines go, asked at each of them
    public AuditLog(Supplier<Audit> audit, Clock clock) {
        this.audit = audit;
        this.clock = clock;
    }

    /// `result` is `ok` or an SQLSTATE.
    public synchronized void write(Operator operator, String command, String result) {
        var text =
                command.length() <= COMMAND_CHARS_MAX
                        ? command
                        : command.substring(0, COMMAND_CHARS_MAX) + "…";
        log.atInfo()
                .addKeyValue("user", operator.name())
                .addKeyValue("address", operator.address())
                .addKeyValue("command", text)
                .addKeyValue("result", result)
                .log("console command");
        switch (audit.get()) {
            case Audit.Off() -> {}
            case Audit.File(var path) -> append(path, line(operator, text, result));
        }
    }

    private String line(Operator operator, String command, String result) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("at", clock.instant().toString());
        fields.put("user", operator.name());
        fields.put("address", operator.address());
        fields.put("command", command);
        fields.put("result", result);
        try {
            return JSON.std.asString(fields) + "\n";
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// A full disk must not keep an operator from acting: the failure is logged and the command
    /// goes on.
    private static void append(Path path, String line) {
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            Files.writeString(
                    path,
                    line,
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException failure) {
            log.atError()
                    .addKeyValue("path", path)
                    .addKeyValue("reason", failure)
                    .log("audit line lost");
        }
    }
}
