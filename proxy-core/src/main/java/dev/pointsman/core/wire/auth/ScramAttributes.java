package dev.pointsman.core.wire.auth;

import dev.pointsman.core.wire.ProtocolViolation;

/// Reads a SCRAM message: attributes of the form `letter=value`, separated by commas.
final class ScramAttributes {
    private static final String MALFORMED = "malformed SCRAM message";

    private final String text;
    private int at;

    ScramAttributes(String text, int from) {
        this.text = text;
        this.at = from;
    }

    boolean atEnd() {
        return at >= text.length();
    }

    /// Where the next attribute begins.
    int position() {
        return at;
    }

    char nextLetter() {
        if (at + 1 >= text.length() || text.charAt(at + 1) != '=') {
            throw malformed("an attribute is missing");
        }
        return text.charAt(at);
    }

    /// The value of the next attribute, whatever its letter.
    String value() {
        nextLetter();
        int comma = text.indexOf(',', at);
        int end = comma < 0 ? text.length() : comma;
        var value = text.substring(at + 2, end);
        if (end == text.length() - 1) {
            throw malformed("a comma has nothing behind it");
        }
        at = end + 1;
        return value;
    }

    String value(char letter) {
        if (nextLetter() != letter) {
            throw malformed("attribute '%c' is missing".formatted(letter));
        }
        return value();
    }

    /// The value of a nonce: printable ASCII, not empty.
    String nonce() {
        var nonce = value('r');
        if (nonce.isEmpty() || nonce.chars().anyMatch(c -> c < 0x21 || c > 0x7e)) {
            throw malformed("the nonce is empty or not printable");
        }
        return nonce;
    }

    byte[] bytes(char letter) {
        return Digests.fromBase64(value(letter))
                .orElseThrow(() -> malformed("attribute '%c' is not base64".formatted(letter)));
    }

    static ProtocolViolation malformed(String why) {
        return new ProtocolViolation(MALFORMED + ": " + why);
    }
}
