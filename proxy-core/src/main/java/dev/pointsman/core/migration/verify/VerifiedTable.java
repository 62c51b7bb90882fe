package dev.pointsman.core.migration.verify;

import java.util.Optional;

/// What comparing one table came to.
///
/// @param table qualified and quoted
/// @param here of the server that serves; [TableDigest#NONE] when it could not be had
/// @param there of the server that follows it
/// @param message why it is not equal, or what the comparison leaves out; empty for nothing to say
public record VerifiedTable(
        String table, Verdict verdict, TableDigest here, TableDigest there, String message) {

    /// What is certain.
    public enum Verdict {
        /// The follower held exactly the rows that the serving server had held a moment before.
        EQUAL,
        /// The follower had received everything and held other rows, twice, while the serving
        /// server's did not change.
        DIFFERS,
        /// It could not be compared; the message says why.
        UNKNOWN
    }

    static VerifiedTable unknown(String table, String why) {
        return new VerifiedTable(table, Verdict.UNKNOWN, TableDigest.NONE, TableDigest.NONE, why);
    }

    static VerifiedTable differs(String table, String why) {
        return new VerifiedTable(table, Verdict.DIFFERS, TableDigest.NONE, TableDigest.NONE, why);
    }

    /// A digest that was had.
    public static Optional<TableDigest> known(TableDigest digest) {
        return digest.equals(TableDigest.NONE) ? Optional.empty() : Optional.of(digest);
    }
}
