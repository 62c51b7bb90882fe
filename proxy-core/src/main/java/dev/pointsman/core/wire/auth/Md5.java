package dev.pointsman.core.wire.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// PostgreSQL's MD5 logins: the stored form is `md5` and the digest of password and user name, the
/// answer to a salt is `md5` and the digest of that digest's hex text and the salt.
public final class Md5 {
    private static final String PREFIX = "md5";
    private static final Pattern HASH = Pattern.compile("md5[0-9a-f]{32}");

    private Md5() {}

    /// Whether a configured secret is a stored hash rather than a password.
    public static boolean isHash(String secret) {
        return HASH.matcher(secret).matches();
    }

    /// The stored form of a password.
    public static String hash(String password, String user) {
        var digest = Digests.digest("MD5");
        digest.update(password.getBytes(StandardCharsets.UTF_8));
        digest.update(user.getBytes(StandardCharsets.UTF_8));
        return text(digest);
    }

    /// What to answer to AuthenticationMD5Password.
    ///
    /// @param hash the stored form
    /// @param salt the four bytes, first one highest
    public static String answer(String hash, int salt) {
        if (!isHash(hash)) {
            throw new IllegalArgumentException("not an MD5 hash");
        }
        var digest = Digests.digest("MD5");
        digest.update(hash.substring(PREFIX.length()).getBytes(StandardCharsets.US_ASCII));
        digest.update(ByteBuffer.allocate(4).putInt(0, salt));
        return text(digest);
    }

    /// Whether a client's answer is right, in constant time.
    public static boolean matches(String clientAnswer, String hash, int salt) {
        return MessageDigest.isEqual(
                clientAnswer.getBytes(StandardCharsets.UTF_8),
                answer(hash, salt).getBytes(StandardCharsets.UTF_8));
    }

    private static String text(MessageDigest digest) {
        return PREFIX + HexFormat.of().formatHex(digest.digest());
    }
}
