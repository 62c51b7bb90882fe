package dev.pointsman.cli.load;

import java.util.List;

/// The ledger held against what the serving database holds.
///
/// @param acknowledged writes that clients were told are committed
/// @param lost acknowledged, but not there, or only in part
/// @param duplicated there more often than it was sent, or there although nobody sent it
/// @param errors that clients saw
/// @param unacknowledged there once although no acknowledgement arrived, which an outcome that is
///   unknown to its client allows
/// @param examples the first few errors as clients saw them
public record Verdict(
        long acknowledged,
        long lost,
        long duplicated,
        long errors,
        long unacknowledged,
        List<String> examples) {
    public Verdict {
        examples = List.copyOf(examples);
    }

    /// Judges a run whose clients are done.
    public static Verdict of(Ledger ledger, Contents contents, Recording recording) {
        var copies = contents.copies();
        long missing = ledger.acknowledgedIds().filter(id -> !copies.containsKey(id)).count();
        long present = ledger.acknowledgedIds().filter(copies::containsKey).count();
        long extra = copies.values().stream().mapToLong(count -> count - 1).sum();
        var strange = copies.keySet().stream().filter(id -> !ledger.issued(id)).count();
        return new Verdict(
                ledger.acknowledged(),
                missing + contents.unfinished() + contents.missed(),
                extra + strange + contents.doubled(),
                recording.errors(),
                copies.size() - present - strange,
                recording.examples());
    }

    /// Whether nothing was lost, nothing happened twice and no client saw an error. A run without a
    /// single acknowledged write proves nothing and is not clean.
    public boolean clean() {
        return acknowledged > 0 && lost == 0 && duplicated == 0 && errors == 0;
    }

    /// For people: one line.
    public String line() {
        return acknowledged
                + " acknowledged writes checked: "
                + lost
                + " lost, "
                + duplicated
                + " duplicated, "
                + errors
                + " errors seen by clients";
    }
}
