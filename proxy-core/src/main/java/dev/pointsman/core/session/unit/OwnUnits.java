package dev.pointsman.core.session.unit;

/// The ReadyForQuery that are due for what a session has sent of its own accord, in the order in
/// which it sends: settings, statements that are given up, statements that are prepared, and the
/// rest. Confined to one event loop.
public final class OwnUnits {
    private int settings;
    private int removals;
    private int preparations;
    private int others;

    /// Settings, which must not fail.
    public void addSettings() {
        settings++;
    }

    /// A statement of another client's is given up, which must not fail either: its name may be
    /// prepared next.
    public void addRemoval() {
        removals++;
    }

    /// A statement is prepared, which may wait for a table, and may fail.
    public void addPreparation() {
        preparations++;
    }

    public void addOthers(int units) {
        others += units;
    }

    public int due() {
        return settings + removals + preparations + others;
    }

    public boolean any() {
        return due() > 0;
    }

    /// Whether settings are answered next.
    public boolean setsNext() {
        return settings > 0;
    }

    /// Whether a cancel request can do no harm: of ours it can only hit what may fail.
    public boolean mayBeCancelled() {
        return settings + removals + others == 0;
    }

    /// One of them came.
    public void onReady() {
        if (settings > 0) {
            settings--;
        } else if (removals > 0) {
            removals--;
        } else if (preparations > 0) {
            preparations--;
        } else {
            others--;
        }
    }
}
