package dev.pointsman.core.session.carry;

/// Text as SQL, right under every setting of `standard_conforming_strings`.
final class Literals {
    private Literals() {}

    static String quoted(String text) {
        String doubled = text.replace("'", "''");
        return doubled.indexOf('\\') < 0
                ? "'" + doubled + "'"
                : "E'" + doubled.replace("\\", "\\\\") + "'";
    }

    static String identifier(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
