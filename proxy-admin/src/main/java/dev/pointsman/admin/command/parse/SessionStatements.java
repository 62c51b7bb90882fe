package dev.pointsman.admin.command.parse;

import dev.pointsman.admin.command.AdminCommand;
import dev.pointsman.admin.command.AdminCommand.Boundary;
import dev.pointsman.admin.command.ConsoleVersion;
import dev.pointsman.admin.command.parse.Token.Kind;
import dev.pointsman.core.wire.Refused;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Statements that are no commands of ours but that drivers and tools send of their own accord:
/// understood so far that the driver is content, and without effect.
public final class SessionStatements {
    /// Parameters of the session that may be asked for, with the answer.
    private static final Map<String, String> SETTINGS =
            Map.ofEntries(
                    Map.entry("client_encoding", "UTF8"),
                    Map.entry("server_encoding", "UTF8"),
                    Map.entry("datestyle", "ISO, MDY"),
                    Map.entry("intervalstyle", "postgres"),
                    Map.entry("timezone", "UTC"),
                    Map.entry("standard_conforming_strings", "on"),
                    Map.entry("default_transaction_isolation", "read committed"),
                    Map.entry("transaction_isolation", "read committed"),
                    Map.entry("default_transaction_read_only", "off"),
                    Map.entry("transaction_read_only", "off"),
                    Map.entry("search_path", "public"),
                    Map.entry("server_version", ConsoleVersion.SERVER_VERSION),
                    Map.entry("server_version_num", ConsoleVersion.SERVER_VERSION_NUM));

    /// Parameters that may be set: those above and these.
    private static final List<String> SETTABLE =
            List.of(
                    "application_name",
                    "bytea_output",
                    "client_min_messages",
                    "extra_float_digits",
                    "idle_in_transaction_session_timeout",
                    "idle_session_timeout",
                    "lock_timeout",
                    "statement_timeout",
                    "row_security",
                    "synchronize_seqscans",
                    "transaction_timeout");

    private SessionStatements() {}

    /// The name of a session parameter as PostgreSQL spells it in lower case, if it is one.
    static Optional<String> setting(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        return SETTINGS.containsKey(lower) ? Optional.of(lower) : Optional.empty();
    }

    /// The answer of `SHOW setting`; empty for what is none.
    public static String valueOf(String setting) {
        return SETTINGS.getOrDefault(setting, "");
    }

    static AdminCommand set(TokenReader in) throws Refused {
        boolean scoped = in.took("SESSION") || in.took("LOCAL");
        if (in.took("TIME", "ZONE")) {
            return new AdminCommand.SetSession("timezone", rest(in));
        }
        if (in.took("CHARACTERISTICS") || in.took("TRANSACTION")) {
            return new AdminCommand.SetSession("transaction", rest(in));
        }
        var typed = in.name("a setting");
        var name = typed.toLowerCase(Locale.ROOT);
        if (!in.took(Kind.EQUALS) && !in.took("TO")) {
            throw in.expected("= or TO");
        }
        if (SETTINGS.containsKey(name) || SETTABLE.contains(name) || scoped) {
            return new AdminCommand.SetSession(name, rest(in));
        }
        return new AdminCommand.SetKey(typed, in.value("a value"));
    }

    private static String rest(TokenReader in) throws Refused {
        if (in.atEnd()) {
            throw in.expected("a value");
        }
        var text = new StringBuilder(in.take().text());
        while (!in.atEnd()) {
            text.append(' ').append(in.take().text());
        }
        return text.toString();
    }

    /// `BEGIN`, `START TRANSACTION ISOLATION LEVEL …`, `COMMIT WORK`: the rest does not matter.
    static AdminCommand boundary(TokenReader in, Boundary boundary) {
        while (!in.atEnd()) {
            in.take();
        }
        return new AdminCommand.Transaction(boundary);
    }

    static AdminCommand tidy(Token verb, TokenReader in) throws Refused {
        var word = verb.text().toUpperCase(Locale.ROOT);
        if (word.equals("RESET")) {
            in.name("a setting or ALL");
            return new AdminCommand.Tidy(word);
        }
        in.took("PREPARE");
        var what = in.name("ALL").toUpperCase(Locale.ROOT);
        return new AdminCommand.Tidy(what.equals("ALL") ? word + " ALL" : word);
    }

    /// The few queries without a table that drivers and pools send to see who is there.
    static AdminCommand constant(TokenReader in) throws Refused {
        if (in.atEnd()) {
            throw in.expected("a view");
        }
        var token = in.take();
        boolean call = in.took(Kind.OPEN);
        if (call && !in.took(Kind.CLOSE)) {
            throw CommandParser.unknownView(token.text());
        }
        var word = token.text().toLowerCase(Locale.ROOT);
        if (token.kind() == Kind.STRING || (!call && isNumber(word))) {
            return new AdminCommand.Constant("?column?", token.text());
        }
        return switch (word) {
            case "version" -> new AdminCommand.Constant(word, ConsoleVersion.TEXT);
            case "current_database", "current_catalog" ->
                    new AdminCommand.Constant("current_database", "pointsman");
            case "current_schema" -> new AdminCommand.Constant(word, "public");
            default -> throw CommandParser.unknownView(token.text());
        };
    }

    private static boolean isNumber(String word) {
        return !word.isEmpty() && word.chars().allMatch(Character::isDigit);
    }
}
