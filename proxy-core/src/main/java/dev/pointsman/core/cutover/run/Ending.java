package dev.pointsman.core.cutover.run;

import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How one attempt ended. `again`: another attempt may go better.
public record Ending(
        Outcome outcome,
        String message,
        boolean again,
        Report.Clients clients,
        Duration longestHold,
        Report.Evidence evidence,
        List<String> warnings) {

    /// The same with more to warn of.
    public Ending warning(List<String> more) {
        var all = new ArrayList<>(warnings);
        all.addAll(more);
        return new Ending(
                outcome, message, again, clients, longestHold, evidence, List.copyOf(all));
    }
}
