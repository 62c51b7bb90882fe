package dev.pointsman.core.cutover.run;

import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.migration.passage.Ours;
import dev.pointsman.core.migration.passage.Passage.Claim;

import java.util.Set;

/// What one attempt is to do. A rehearsal holds and proves like a real one, but fences, ends and
/// decides nothing.
public record Plan(
        Claim claim, String source, CutoverSettings settings, Ours ours, Set<String> accepted) {

    public Plan {
        accepted = Set.copyOf(accepted);
    }

    public boolean dryRun() {
        return claim.dry();
    }

    public String target() {
        return claim.target();
    }

    /// Whether the operator has said to go on without this condition.
    boolean accepts(String id) {
        return accepted.contains(id);
    }

    boolean fences() {
        return settings.fence() && !dryRun();
    }

    /// What becomes of the fence, in words.
    String means() {
        if (dryRun()) {
            return "none, a rehearsal";
        }
        return settings.fence() ? "on" : "off";
    }

    boolean tolerates() {
        return settings.strangers() == CutoverSettings.Strangers.TOLERATE;
    }

    /// A rehearsal ends nobody.
    CutoverSettings.Strangers strangers() {
        return dryRun() && !tolerates() ? CutoverSettings.Strangers.REFUSE : settings.strangers();
    }

    /// A rehearsal never ends anybody's transaction.
    CutoverSettings.Stragglers stragglers() {
        return dryRun() ? CutoverSettings.Stragglers.ABORT : settings.stragglers();
    }
}
