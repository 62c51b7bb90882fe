package dev.pointsman.core;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.file.ConfigProblems;
import dev.pointsman.core.config.file.ConfigProblems.Problem;
import dev.pointsman.core.config.file.ConfigText;
import dev.pointsman.core.config.key.ConfigChange;
import dev.pointsman.core.config.key.ConfigRows;
import dev.pointsman.core.config.key.Setting;
import dev.pointsman.core.config.key.Values;
import dev.pointsman.core.meter.Metric;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Other settings for a running proxy: from its file, or one by one. Each change is taken over as a
/// whole or not at all. Virtual threads; every call may block for seconds.
public final class Reloading implements Settings {
    private static final Logger log = LoggerFactory.getLogger(Reloading.class);
    private static final String LIMITS = "limits.";

    private final Proxy proxy;
    private final Path file;
    private final Consumer<Config> taken;
    private final Map<String, String> replaced = new LinkedHashMap<>();
    private ConfigText text;
    private volatile boolean successful = true;

    /// @param text what the proxy was started with
    /// @param taken is told of each configuration once it is in force
    public Reloading(Proxy proxy, Path file, ConfigText text, Consumer<Config> taken) {
        this.proxy = proxy;
        this.file = file;
        this.text = text;
        this.taken = taken;
        proxy.meter().gauge(Metric.CONFIG_LAST_RELOAD_SUCCESSFUL, () -> successful ? 1 : 0);
    }

    @Override
    public synchronized List<String> reload() throws Refused {
        successful = false;
        var read = text();
        var changed = proxy.reconfigure(read(read, Map.of(), SqlState.CONFIG_FILE_ERROR));
        text = read;
        replaced.clear();
        successful = true;
        done(changed);
        return changed;
    }

    private ConfigText text() throws Refused {
        try {
            return ConfigText.of(file);
        } catch (ConfigProblems problems) {
            throw refusal(problems, SqlState.CONFIG_FILE_ERROR);
        }
    }

    /// A duration may be a bare number of seconds.
    @Override
    public synchronized void set(String typed, String value) throws Refused {
        var row = row(typed);
        if (row.kind().type().startsWith("password")) {
            throw new Refused(
                    SqlState.CANT_CHANGE_RUNTIME_PARAM,
                    row.key() + " cannot be set by a command",
                    "Write it into the file, then RELOAD.");
        }
        if (!ConfigChange.isLive(row.kind())) {
            throw new Refused(
                    SqlState.CANT_CHANGE_RUNTIME_PARAM,
                    row.key() + " cannot change while the proxy runs",
                    "Change it in the file and restart the proxy.");
        }
        var next = new LinkedHashMap<>(replaced);
        next.put(path(row), spelt(row.kind(), value));
        var changed = proxy.reconfigure(read(text, next, SqlState.INVALID_PARAMETER_VALUE));
        replaced.clear();
        replaced.putAll(next);
        done(changed);
    }

    private ConfigRows.Row row(String typed) throws Refused {
        var rows = ConfigRows.of(proxy.config());
        var found = named(rows, typed).or(() -> named(rows, typed.replaceFirst("^limits\\.", "")));
        if (found.isPresent()) {
            return found.get();
        }
        var near =
                Values.closest(typed, rows.stream().map(ConfigRows.Row::key).toList())
                        .map(key -> "Did you mean " + key + "? ")
                        .orElse("");
        throw new Refused(
                SqlState.UNDEFINED_OBJECT,
                "there is no setting with the name \"" + typed + "\"",
                near + "SHOW CONFIG lists the settings.");
    }

    private static Optional<ConfigRows.Row> named(List<ConfigRows.Row> rows, String typed) {
        return rows.stream()
                .filter(row -> row.key().equals(typed))
                .findFirst()
                .or(
                        () ->
                                rows.stream()
                                        .filter(row -> row.key().equalsIgnoreCase(typed))
                                        .findFirst());
    }

    private static String path(ConfigRows.Row row) {
        return row.kind().path().startsWith(LIMITS) ? LIMITS + row.key() : row.key();
    }

    private static String spelt(Setting key, String value) {
        return key.type().equals("duration") && value.matches("\\d{1,9}") ? value + "s" : value;
    }

    private static Config read(ConfigText text, Map<String, String> replaced, SqlState state)
            throws Refused {
        try {
            return text.read(replaced);
        } catch (ConfigProblems problems) {
            throw refusal(problems, state);
        }
    }

    /// Lines are those of the file, which says nothing of a value that was set.
    private static Refused refusal(ConfigProblems problems, SqlState state) {
        boolean ofFile = state == SqlState.CONFIG_FILE_ERROR;
        var all =
                problems.problems().stream()
                        .map(
                                one ->
                                        ofFile
                                                ? one
                                                : new Problem(0, one.key(), one.what(), one.mend()))
                        .toList();
        var rest = all.size() > 1 ? " (and " + (all.size() - 1) + " more)" : "";
        return new Refused(
                ErrorReport.error(state, all.getFirst() + rest)
                        .withDetail(
                                all.stream()
                                        .map(Problem::toString)
                                        .collect(Collectors.joining("\n")))
                        .withHint("Nothing was changed: the old settings stay in force."));
    }

    private void done(List<String> changed) {
        taken.accept(proxy.config());
        log.atInfo()
                .addKeyValue("file", file)
                .addKeyValue("changed", changed)
                .log("configuration taken over");
    }
}
