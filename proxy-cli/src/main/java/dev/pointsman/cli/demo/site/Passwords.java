package dev.pointsman.cli.demo.site;

import java.security.SecureRandom;
import java.util.HexFormat;

/// The secrets of one site, fresh every time. Hexadecimal digits only, so that they need no quotes
/// anywhere.
record Passwords(String application, String control, String operator) {
    private static final int BYTES = 16;

    static Passwords random() {
        var random = new SecureRandom();
        return new Passwords(one(random), one(random), one(random));
    }

    private static String one(SecureRandom random) {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public String toString() {
        return "Passwords";
    }
}
