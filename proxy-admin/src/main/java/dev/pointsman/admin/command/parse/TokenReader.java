package dev.pointsman.admin.command.parse;

import dev.pointsman.admin.command.Grammar;
import dev.pointsman.admin.command.Scope;
import dev.pointsman.admin.command.View;
import dev.pointsman.admin.command.parse.Token.Kind;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Takes the tokens of one statement from left to right. Every "expected …" error shows the forms
/// that the command has.
final class TokenReader {
    private static final Pattern DURATION =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)(us|ms|s|m|h)");
    private final List<Token> tokens;
    private int at;

    TokenReader(List<Token> tokens) {
        this.tokens = tokens;
    }

    boolean atEnd() {
        return at >= tokens.size();
    }

    Token peek() {
        return tokens.get(at);
    }

    /// At a view, and not at a function of the same name such as `version()`.
    boolean atViewAlone() {
        boolean call = at + 1 < tokens.size() && tokens.get(at + 1).kind() == Kind.OPEN;
        return !atEnd() && !call && peek().isName() && View.of(peek().text()).isPresent();
    }

    Token take() {
        return tokens.get(at++);
    }

    /// Takes the keywords, all of them or none.
    boolean took(String... keywords) {
        for (int i = 0; i < keywords.length; i++) {
            if (at + i >= tokens.size() || !tokens.get(at + i).is(keywords[i])) {
                return false;
            }
        }
        at += keywords.length;
        return true;
    }

    boolean took(Kind kind) {
        if (atEnd() || peek().kind() != kind) {
            return false;
        }
        at++;
        return true;
    }

    void expect(String keyword) throws Refused {
        if (!took(keyword)) {
            throw expected(keyword);
        }
    }

    String name(String what) throws Refused {
        if (atEnd() || !peek().isName()) {
            throw expected(what);
        }
        return take().text();
    }

    String value(String what) throws Refused {
        if (atEnd() || !peek().isValue()) {
            throw expected(what);
        }
        return take().text();
    }

    List<String> names(String what) throws Refused {
        var names = new ArrayList<String>();
        do {
            names.add(name(what));
        } while (took(Kind.COMMA));
        return names;
    }

    Set<String> values(String what) throws Refused {
        var values = new LinkedHashSet<String>();
        do {
            values.add(value(what));
        } while (took(Kind.COMMA));
        return values;
    }

    /// A database, or all when the statement ends here.
    Scope scope() throws Refused {
        return atEnd() ? Scope.ALL : new Scope.One(name("a database"));
    }

    Duration duration() throws Refused {
        var text = value("a duration such as 500ms");
        var found = DURATION.matcher(text);
        if (!found.matches()) {
            throw syntaxError(
                    "\"" + text + "\" is no duration", "Write a number and a unit: 500ms, 5s, 1m.");
        }
        var unit =
                switch (found.group(2)) {
                    case "us" -> ChronoUnit.MICROS;
                    case "ms" -> ChronoUnit.MILLIS;
                    case "s" -> ChronoUnit.SECONDS;
                    case "m" -> ChronoUnit.MINUTES;
                    case "h" -> ChronoUnit.HOURS;
                    case null, default -> throw expected("a duration");
                };
        double amount = Double.parseDouble(found.group(1));
        return Duration.ofNanos(Math.round(amount * unit.getDuration().toNanos()));
    }

    void end() throws Refused {
        if (!atEnd()) {
            throw expected("the end of the command");
        }
    }

    Refused expected(String what) {
        var where = atEnd() ? "at the end" : "at \"" + peek().text() + "\"";
        return syntaxError("expected " + what + " " + where, forms());
    }

    static Refused syntaxError(String message, String hint) {
        return new Refused(ErrorReport.error(SqlState.SYNTAX_ERROR, message).withHint(hint));
    }

    private String forms() {
        var verb = tokens.getFirst().text();
        var forms =
                Arrays.stream(Grammar.values())
                        .map(Grammar::syntax)
                        .filter(syntax -> syntax.split(" ", 2)[0].equalsIgnoreCase(verb))
                        .toList();
        return forms.isEmpty() ? "SHOW HELP lists the commands." : String.join("  |  ", forms);
    }
}
