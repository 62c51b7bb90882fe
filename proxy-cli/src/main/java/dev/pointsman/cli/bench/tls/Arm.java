package dev.pointsman.cli.bench.tls;

import java.util.Locale;

/// What is compared.
enum Arm {
    CLEAR("clear"),
    RUNTIME("runtime's engine"),
    NATIVE("native engine");

    private final String words;

    Arm(String words) {
        this.words = words;
    }

    /// For people.
    String words() {
        return words;
    }

    /// For programs.
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
