package dev.pointsman.cli.demo.play;

import dev.pointsman.cli.demo.site.Crossing;
import dev.pointsman.cli.load.Verdict;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How the demo ended.
///
/// @param rate transactions that clients begin in a second
/// @param crossings the cutovers that switched
/// @param failure why there are fewer than asked for; empty when there are not
/// @param serverVersions as clients were told, before the first cutover and after it
public record DemoResult(
        Verdict verdict,
        int rate,
        List<Crossing> crossings,
        String failure,
        List<String> serverVersions) {
    static final int CROSSINGS = 3;

    /// With so many due while gates were closed, chance does not explain that none was held.
    private static final int DUE = 8;

    public DemoResult {
        crossings = List.copyOf(crossings);
        serverVersions = List.copyOf(serverVersions);
    }

    /// Whether all cutovers switched, clients were held, and nothing was lost, doubled or failed.
    public boolean passed() {
        return verdict.clean() && crossings.size() == CROSSINGS && doubt().isEmpty();
    }

    /// Why the cutovers prove nothing although they switched; empty when they do. Cutovers that
    /// held nobody show only that an idle proxy switches. One short pause may hold nobody, and so
    /// may all of them under few clients.
    String doubt() {
        var due = rate * crossings.stream().mapToDouble(Crossing::pauseMs).sum() / 1000;
        return due < DUE || crossings.stream().anyMatch(crossing -> crossing.held() > 0)
                ? ""
                : "no cutover held a client by the proxy's reports, though some %.0f transactions were due in their pauses"
                        .formatted(due);
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
        fields.put("message", failure.isEmpty() ? doubt() : failure);
        return fields;
    }
}
