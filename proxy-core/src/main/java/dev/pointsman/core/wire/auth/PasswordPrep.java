package dev.pointsman.core.wire.auth;

import com.ongres.saslprep.SASLprep;

import java.nio.charset.StandardCharsets;

/// Normalises passwords for SCRAM as PostgreSQL does: by SASLprep (RFC 4013), or not at all when
/// SASLprep forbids the password. So every password that works on a server works here.
final class PasswordPrep {
    private static final SASLprep PROFILE = new SASLprep();

    private PasswordPrep() {}

    static String normalize(String password) {
        if (StandardCharsets.US_ASCII.newEncoder().canEncode(password)) {
            return password;
        }
        try {
            var normalized = PROFILE.prepareStored(password);
            return normalized.isEmpty() ? password : normalized;
        } catch (IllegalArgumentException | IndexOutOfBoundsException _) {
            // The library stumbles over passwords of which nothing would be left.
            return password;
        }
    }
}
