package dev.pointsman.core.migration;

import java.util.Locale;

/// Where a migration stands.
public enum MigrationState {
    NONE,
    /// Schema, publication and subscription are being made.
    PREPARING,
    /// Tables are being copied.
    COPYING,
    /// A cutover is allowed now.
    READY,
    /// The target serves; the way back is open when the reverse path is ready.
    SWITCHED,
    VERIFYING,
    ABORTING,
    COMPLETED,
    FAILED;

    /// As it stands in the record and in SHOW MIGRATION.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
