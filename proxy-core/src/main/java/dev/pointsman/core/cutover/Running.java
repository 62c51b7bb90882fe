package dev.pointsman.core.cutover;

import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.Stage;

import java.time.Instant;

/// The cutover that is in progress for a database, seen from outside at one moment.
public record Running(Report.Subject subject, Report.Asked asked, Stage stage, Instant since) {}
