package dev.pointsman.core.migration;

import java.util.Locale;

/// Whether the way against the present direction is open.
public enum ReverseState {
    NONE,
    PREPARING,
    READY,
    BROKEN;

    /// As SHOW MIGRATION shows it.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
