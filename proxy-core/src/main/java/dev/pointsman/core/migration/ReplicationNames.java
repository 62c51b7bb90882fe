package dev.pointsman.core.migration;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/// What the replication objects of one migration of one database are called. Good as identifiers
/// and as slot names without quoting.
///
/// @param number 1 for the first migration of the database, then one more each time
public record ReplicationNames(String database, int number) {
    /// With prefix, number and the longest suffix, a name stays within PostgreSQL's 63 bytes.
    private static final int DATABASE_LENGTH_MAX = 36;

    /// What all our names begin with.
    public static final String PREFIX = "pointsman_";

    /// The publication on the server that changes come from.
    public String publication(Direction direction) {
        return name(direction);
    }

    /// The subscription on the server that changes go to.
    public String subscription(Direction direction) {
        return name(direction);
    }

    /// The slot on the server that changes come from.
    public String slot(Direction direction) {
        return name(direction);
    }

    /// The slot that shows stray writes on the server that changes come from in `direction`, once
    /// that server has been left.
    public String canary(Direction direction) {
        return name() + "_canary" + suffix(direction);
    }

    private String name(Direction direction) {
        return name() + suffix(direction);
    }

    private String name() {
        return PREFIX + plain(database) + "_" + number;
    }

    private static String suffix(Direction direction) {
        return switch (direction) {
            case FORWARD -> "";
            case BACK -> "_back";
        };
    }

    /// Two databases never share a name: what had to be changed or cut carries a hash.
    private static String plain(String database) {
        var plain = database.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        if (plain.equals(database) && plain.length() <= DATABASE_LENGTH_MAX) {
            return plain;
        }
        var hash = hash(database);
        var room = DATABASE_LENGTH_MAX - hash.length() - 1;
        return plain.substring(0, Math.min(room, plain.length())) + "_" + hash;
    }

    private static String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var bytes = digest.digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(bytes, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
