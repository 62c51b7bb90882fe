package dev.pointsman.core.session.pin;

import dev.pointsman.core.wire.sql.SqlWords;

/// Follows a call of `set_config(name, value, local)` through the tokens of a statement, to tell
/// one that ends with its transaction from one that stays.
final class ConfigCall {
    private static final int NONE = -1;

    private int depth = NONE; // of parentheses since the function's name
    private int argument;
    private boolean fresh; // no token of the argument has come yet
    private int leaves; // when it is not local

    void restart() {
        depth = NONE;
    }

    /// Whether this token is the setting's name.
    boolean wantsName(int token) {
        return token == SqlWords.STRING && depth == 1 && fresh && argument != 1;
    }

    /// The next token and what it says; what is left by a call that ends here.
    int take(int token, int meaning) {
        if ((meaning & Lexicon.SET_CONFIG) != 0) {
            int nested = end();
            depth = 0;
            argument = 0;
            fresh = true;
            leaves = Trace.SETTINGS;
            return nested;
        }
        if (depth == NONE) {
            return Trace.NONE;
        }
        return switch (token) {
            case '(' -> {
                depth++;
                yield Trace.NONE;
            }
            case ')' -> --depth == 0 ? end() : Trace.NONE;
            case ',' -> {
                argument += depth == 1 ? 1 : 0;
                fresh |= depth == 1;
                yield Trace.NONE;
            }
            default -> depth == 0 ? end() : argument(token, meaning);
        };
    }

    /// What an unfinished call leaves.
    int end() {
        int left = depth == NONE ? Trace.NONE : leaves;
        depth = NONE;
        return left;
    }

    private int argument(int token, int meaning) {
        if (fresh && depth == 1) {
            if (argument == 0 && token == SqlWords.STRING) {
                leaves = Reading.ofName(meaning);
            } else if (argument == 2 && (meaning & Lexicon.TRUE) != 0) {
                leaves = Trace.LOCAL;
            }
        } else if (argument != 1) {
            // More than a plain value: who knows.
            leaves =
                    argument == 0 || leaves == Trace.NONE || leaves == Trace.LOCAL
                            ? Trace.SETTINGS
                            : leaves;
        }
        fresh = false;
        return Trace.NONE;
    }
}
