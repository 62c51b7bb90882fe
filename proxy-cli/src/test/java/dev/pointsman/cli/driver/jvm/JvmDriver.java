package dev.pointsman.cli.driver.jvm;

import dev.pointsman.cli.driver.Driver;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// A driver whose scenarios are methods here.
abstract class JvmDriver implements Driver {
    static final int MEGABYTES = 8;
    static final String LARGE = "0123456789abcdef".repeat(MEGABYTES << 16);
    static final int WRITE_PAUSE_MILLIS = 5;

    private final String name;
    private final List<String> needsSession;
    private final Map<String, Scenario> scenarios = new LinkedHashMap<>();

    /// One scenario; it throws when something does not work.
    interface Scenario {
        void run(Address address, String tag) throws Exception;
    }

    JvmDriver(String name, String... needsSession) {
        this.name = name;
        this.needsSession = List.of(needsSession);
    }

    final void can(String scenario, Scenario run) {
        scenarios.put(scenario, run);
    }

    abstract String version();

    /// Writes until the file is there; says how many rows were acknowledged so far by `progress`.
    abstract void writeUntil(Address address, int writer, Path stop, int[] progress)
            throws Exception;

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<String> scenarios() {
        return List.copyOf(scenarios.keySet());
    }

    @Override
    public final List<String> needsSession() {
        return needsSession;
    }

    @Override
    public final void prepare() {}

    @Override
    public final Account play(Address address, String tag, List<String> asked) {
        var findings = new ArrayList<Finding>();
        for (var each : asked) {
            var problem = "";
            try {
                var scenario = scenarios.get(each);
                if (scenario == null) {
                    throw new IllegalArgumentException("no scenario " + each);
                }
                scenario.run(address, tag);
            } catch (Exception | AssertionError e) {
                problem = told(e);
                e.printStackTrace(System.out);
            }
            findings.add(new Finding(each, problem));
        }
        return new Account(version(), findings);
    }

    /// With its causes, the last of which often says most.
    private static String told(Throwable problem) {
        var told = new StringJoiner("; ");
        for (@Nullable Throwable each = problem; each != null; each = each.getCause()) {
            told.add(each.toString());
        }
        return told.toString();
    }

    @Override
    public final Written write(Address address, int writer, Path stop) {
        var progress = new int[1];
        try {
            writeUntil(address, writer, stop, progress);
            return new Written(progress[0], "");
        } catch (Exception e) {
            return new Written(progress[0], told(e));
        }
    }
}
