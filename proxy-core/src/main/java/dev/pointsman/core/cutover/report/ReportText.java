package dev.pointsman.core.cutover.report;

import java.time.Duration;
import java.util.Locale;

/// A report for people: the same facts as the JSON, on one screen.
public final class ReportText {
    private ReportText() {}

    public static String write(Report report) {
        var text = new StringBuilder();
        var subject = report.subject();
        line(
                text,
                "%s %d: %s from %s to %s, %s in phase %s",
                report.asked().dryRun() ? "Rehearsal" : "Cutover",
                subject.id(),
                String.join(", ", subject.databases()),
                subject.source(),
                subject.target(),
                report.ending().outcome().word(),
                report.ending().stage().word());
        line(text, "  %s", report.ending().message());
        line(
                text,
                "  asked by %s from %s at %s",
                report.asked().requester().operator(),
                report.asked().requester().address(),
                report.asked().started());
        versions(text, report);
        line(text, "  epoch %d, marker %d", subject.epoch(), report.evidence().marker());
        for (var phase : report.ending().phases()) {
            line(
                    text,
                    "  %-10s at %10.3f ms, took %10.3f ms  %s",
                    phase.word(),
                    millis(phase.at()),
                    millis(phase.took()),
                    phase.detail());
        }
        clients(text, report);
        evidence(text, report);
        for (var warning : report.ending().warnings()) {
            line(text, "  warning: %s", warning);
        }
        return text.toString();
    }

    private static void versions(StringBuilder text, Report report) {
        var versions = report.asked().versions();
        line(
                text,
                "  Pointsman %s, source PostgreSQL %s, target PostgreSQL %s",
                versions.pointsman(),
                versions.source(),
                versions.target());
        if (!report.asked().accepted().isEmpty()) {
            line(text, "  accepted: %s", String.join(", ", report.asked().accepted()));
        }
    }

    private static void clients(StringBuilder text, Report report) {
        var clients = report.pause().clients();
        line(
                text,
                "  %s %.3f ms, longest hold of a client %.3f ms",
                report.asked().dryRun() ? "pause that it would have been" : "pause",
                millis(report.pause().pause()),
                millis(report.pause().longestHold()));
        report.pause()
                .waited()
                .ifPresent(
                        waited ->
                                line(
                                        text,
                                        "  longest wait of a client %.3f ms, median %.3f ms, until"
                                                + " its statement went on",
                                        millis(waited.longest()),
                                        millis(waited.median())));
        line(
                text,
                "  clients %d, held %d with %d bytes; transactions drained %d, cancelled %d, failed"
                        + " %d",
                clients.connected(),
                clients.held(),
                clients.bytesHeld(),
                clients.drained(),
                clients.cancelled(),
                clients.failed());
    }

    private static void evidence(StringBuilder text, Report report) {
        var evidence = report.evidence();
        line(
                text,
                "  source at %s, target at %s, sequences set %d",
                orNone(evidence.sourceLsn()),
                orNone(evidence.targetLsn()),
                evidence.sequencesSet());
        for (var stranger : evidence.strangers()) {
            line(text, "  stranger: %s", stranger);
        }
    }

    private static String orNone(String position) {
        return position.isEmpty() ? "none" : position;
    }

    @SuppressWarnings("AnnotateFormatMethod") // there is no such annotation here
    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }
}
