package dev.pointsman.admin.command.parse;

/// One token of a command. `text` is without quotes; `end` is where it ends in the input.
record Token(Kind kind, String text, int start, int end) {
    enum Kind {
        /// Letters, digits and `_ . : $ -` inside: keywords, names, durations, check ids.
        WORD,
        /// In double quotes: a name, never a keyword.
        QUOTED,
        /// In single quotes: a value.
        STRING,
        COMMA,
        EQUALS,
        OPEN,
        CLOSE,
        SEMICOLON,
        /// Any other character; no command has it, but statements of drivers do.
        OTHER
    }

    boolean is(String keyword) {
        return kind == Kind.WORD && text.equalsIgnoreCase(keyword);
    }

    boolean isName() {
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }

    boolean isValue() {
        return kind == Kind.WORD || kind == Kind.QUOTED || kind == Kind.STRING;
    }
}
