package dev.pointsman.core.cutover;

import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.Stage;

import java.time.Instant;

/// The cutover that is in progress for a database, seen from outside at one moment.
public record Running(Report.Subject subject, Report.Asked asked, Stage stage, Instant since) {
    /// Which it is, in the middle of a sentence.
    public String words() {
        return "cutover %d from %s to %s, which %s asked for"
                .formatted(
                        subject.id(),
                        subject.source(),
                        subject.target(),
                        asked.requester().operator());
    }
}
