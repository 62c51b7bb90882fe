package dev.pointsman.core.cutover.report;

import com.fasterxml.jackson.jr.ob.JSON;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A report as JSON and back; every fact is in it, times in milliseconds with three decimals.
public final class ReportJson {
    private static final int VERSION = 1;

    private ReportJson() {}

    public static String write(Report report) throws IOException {
        return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(fields(report)) + "\n";
    }

    /// The same facts as a tree of maps, lists, texts and numbers.
    public static Map<String, Object> fields(Report report) {
        var all = new LinkedHashMap<String, Object>();
        all.put("version", VERSION);
        all.put("id", report.subject().id());
        all.put("databases", report.subject().databases());
        all.put("source", report.subject().source());
        all.put("target", report.subject().target());
        all.put("epoch", report.subject().epoch());
        all.put("started", report.asked().started().toString());
        all.put("operator", report.asked().requester().operator());
        all.put("client_addr", report.asked().requester().address());
        all.put("dry_run", report.asked().dryRun());
        all.put("accepted", report.asked().accepted().stream().sorted().toList());
        all.put("pointsman_version", report.asked().versions().pointsman());
        all.put("source_version", report.asked().versions().source());
        all.put("target_version", report.asked().versions().target());
        all.put("outcome", report.ending().outcome().word());
        all.put("phase", report.ending().stage().word());
        all.put("message", report.ending().message());
        all.put("warnings", report.ending().warnings());
        all.put("phases", report.ending().phases().stream().map(ReportJson::phase).toList());
        all.put("pause_ms", millis(report.pause().pause()));
        all.put("longest_hold_ms", millis(report.pause().longestHold()));
        report.pause()
                .waited()
                .ifPresent(
                        waited -> {
                            all.put("longest_wait_ms", millis(waited.longest()));
                            all.put("median_wait_ms", millis(waited.median()));
                        });
        var clients = report.pause().clients();
        all.put("clients", clients.connected());
        all.put("held", clients.held());
        all.put("drained", clients.drained());
        all.put("cancelled", clients.cancelled());
        all.put("transactions_failed", clients.failed());
        all.put("bytes_held", clients.bytesHeld());
        all.put("source_lsn", report.evidence().sourceLsn());
        all.put("target_lsn", report.evidence().targetLsn());
        all.put("marker", report.evidence().marker());
        all.put("sequences_set", report.evidence().sequencesSet());
        all.put("strangers", report.evidence().strangers());
        return all;
    }

    private static Map<String, Object> phase(Phase phase) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("phase", phase.word());
        fields.put("at_ms", millis(phase.at()));
        fields.put("took_ms", millis(phase.took()));
        fields.put("detail", phase.detail());
        return fields;
    }

    private static double millis(Duration time) {
        return Math.round(time.toNanos() / 1e3) / 1e3;
    }

    public static Report read(String json) throws IOException {
        var all = new Fields(JSON.std.mapFrom(json));
        if (all.number("version") != VERSION) {
            throw new IOException("a report of another version");
        }
        return new Report(
                new Report.Subject(
                        all.number("id"),
                        all.texts("databases"),
                        all.text("source"),
                        all.text("target"),
                        all.number("epoch")),
                asked(all),
                ending(all),
                new Report.Pause(
                        all.time("pause_ms"),
                        all.time("longest_hold_ms"),
                        waited(all),
                        clients(all)),
                new Report.Evidence(
                        all.text("source_lsn"),
                        all.text("target_lsn"),
                        all.number("marker"),
                        (int) all.number("sequences_set"),
                        all.texts("strangers")));
    }

    private static Report.Asked asked(Fields all) throws IOException {
        return new Report.Asked(
                Instant.parse(all.text("started")),
                new Requester(all.text("operator"), all.text("client_addr")),
                Boolean.TRUE.equals(all.map().get("dry_run")),
                Set.copyOf(all.texts("accepted")),
                new Report.Versions(
                        all.text("pointsman_version"),
                        all.text("source_version"),
                        all.text("target_version")));
    }

    private static Report.Ending ending(Fields all) throws IOException {
        return new Report.Ending(
                Outcome.valueOf(all.text("outcome").toUpperCase(Locale.ROOT)),
                stage(all.text("phase")),
                all.text("message"),
                all.texts("warnings"),
                phases(all));
    }

    private static Stage stage(String word) {
        return Stage.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static List<Phase> phases(Fields all) throws IOException {
        var found = new ArrayList<Phase>();
        for (var one : all.list("phases")) {
            if (one instanceof Map<?, ?> map) {
                var fields = new LinkedHashMap<String, Object>();
                map.forEach((name, value) -> fields.put(String.valueOf(name), value));
                var phase = new Fields(fields);
                found.add(
                        new Phase(
                                stage(phase.text("phase")),
                                phase.time("at_ms"),
                                phase.time("took_ms"),
                                phase.text("detail"),
                                true));
            }
        }
        return List.copyOf(found);
    }

    /// Earlier processes of this version left reports without it.
    private static Optional<Report.Waited> waited(Fields all) throws IOException {
        return all.map().containsKey("longest_wait_ms")
                ? Optional.of(
                        new Report.Waited(all.time("longest_wait_ms"), all.time("median_wait_ms")))
                : Optional.empty();
    }

    private static Report.Clients clients(Fields all) throws IOException {
        return new Report.Clients(
                (int) all.number("clients"),
                (int) all.number("held"),
                (int) all.number("drained"),
                (int) all.number("cancelled"),
                (int) all.number("transactions_failed"),
                all.number("bytes_held"));
    }

    private record Fields(Map<String, Object> map) {
        long number(String name) throws IOException {
            if (map.get(name) instanceof Number number) {
                return number.longValue();
            }
            throw new IOException("no number " + name);
        }

        Duration time(String name) throws IOException {
            if (map.get(name) instanceof Number number) {
                return Duration.ofNanos(Math.round(number.doubleValue() * 1e6));
            }
            throw new IOException("no time " + name);
        }

        String text(String name) throws IOException {
            if (map.get(name) instanceof String text) {
                return text;
            }
            throw new IOException("no text " + name);
        }

        List<?> list(String name) {
            return map.get(name) instanceof List<?> list ? list : List.of();
        }

        List<String> texts(String name) {
            return list(name).stream().map(String::valueOf).toList();
        }
    }
}
