package dev.pointsman.cli.demo.play;

import dev.pointsman.cli.demo.site.Crossing;
import dev.pointsman.cli.load.Verdict;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How the demo ended.
///
/// @param crossings the cutovers that switched
/// @param failure why there are fewer than asked for; empty when there are not
/// @param serverVersions as clients were told, before the first cutover and after it
public record DemoResult(
        Verdict verdict, List<Crossing> crossings, String failure, List<String> serverVersions) {
    static final int CROSSINGS = 3;

    public DemoResult {
        crossings = List.copyOf(crossings);
        serverVersions = List.copyOf(serverVersions);
    }

    /// Whether all cutovers switched and nothing was lost, doubled or failed.
    public boolean passed() {
        return verdict.clean() && crossings.size() == CROSSINGS;
    }

    /// For programs.
    public Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("outcome", passed() ? "passed" : "failed");
        fields.put("acknowledged", verdict.acknowledged());
        fields.put("lost", verdict.lost());
        fields.put("duplicated", verdict.duplicated());
        fields.put("errors", verdict.errors());
        fields.put("cutovers", crossings.stream().map(Crossing::fields).toList());
        fields.put("server_versions", serverVersions);
        fields.put("examples", verdict.examples());
        fields.put("message", failure);
        return fields;
    }
}
