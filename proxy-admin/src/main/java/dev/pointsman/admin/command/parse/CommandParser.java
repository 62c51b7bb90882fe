package dev.pointsman.admin.command.parse;

import dev.pointsman.admin.command.AdminCommand;
import dev.pointsman.admin.command.AdminCommand.Boundary;
import dev.pointsman.admin.command.AdminCommand.CutoverOptions;
import dev.pointsman.admin.command.AdminCommand.Stop;
import dev.pointsman.admin.command.Grammar;
import dev.pointsman.admin.command.Patience;
import dev.pointsman.admin.command.Scope;
import dev.pointsman.admin.command.View;
import dev.pointsman.admin.command.parse.Token.Kind;
import dev.pointsman.core.wire.Refused;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// Text to commands. Keywords in any case, names also in double quotes, comments, several commands
/// in one text, semicolons where they please. What cannot be understood is refused with 42601.
public final class CommandParser {
    private CommandParser() {}

    /// The statements of a text in order, each to be understood on its own when its turn comes, so
    /// that an error in the second does not keep the first from running, as in PostgreSQL's own
    /// analysis. Empty for a text of nothing but blanks, comments and semicolons.
    public static List<Statement> split(String sql) throws Refused {
        var statements = new ArrayList<Statement>();
        var part = new ArrayList<Token>();
        for (var token : Tokens.of(sql)) {
            if (token.kind() == Kind.SEMICOLON) {
                add(statements, part, sql);
            } else {
                part.add(token);
            }
        }
        add(statements, part, sql);
        return statements;
    }

    private static void add(List<Statement> statements, List<Token> part, String sql) {
        if (!part.isEmpty()) {
            var text = sql.substring(part.getFirst().start(), part.getLast().end());
            statements.add(new Statement(text, List.copyOf(part)));
            part.clear();
        }
    }

    /// One statement: its text for the audit log, and its tokens.
    public record Statement(String text, List<Token> tokens) {
        public AdminCommand parse() throws Refused {
            var reader = new TokenReader(tokens);
            var command = command(reader);
            reader.end();
            return command;
        }
    }

    private static AdminCommand command(TokenReader in) throws Refused {
        var verb = in.take();
        return switch (verb.text().toUpperCase(Locale.ROOT)) {
            case "SHOW" -> show(in);
            case "SELECT" -> select(in);
            case "PAUSE" -> new AdminCommand.Pause(scopeBeforeWithin(in), patience(in));
            case "RESUME" -> new AdminCommand.Resume(in.scope());
            case "MAINTENANCE" -> maintenance(in);
            case "RECONNECT" -> new AdminCommand.Reconnect(in.scope());
            case "WAIT_CLOSE" -> new AdminCommand.WaitClose(in.scope());
            case "KILL" -> new AdminCommand.Kill(in.name("a database"));
            case "KILL_CLIENT" -> new AdminCommand.KillClient(clientId(in));
            case "DISABLE" -> new AdminCommand.Disable(in.name("a database"));
            case "ENABLE" -> new AdminCommand.Enable(in.name("a database"));
            case "RELOAD" -> new AdminCommand.Reload();
            case "SUSPEND" -> new AdminCommand.Suspend();
            case "SHUTDOWN" -> new AdminCommand.Shutdown(stop(in));
            case "SET" -> SessionStatements.set(in);
            case "CHECK" -> check(in);
            case "MIGRATE" -> migrate(in);
            case "CUTOVER" -> cutover(in);
            case "REPAIR" -> repair(in);
            case "VERIFY" -> new AdminCommand.Verify(in.name("a database"));
            case "BEGIN", "START" -> SessionStatements.boundary(in, Boundary.BEGIN);
            case "COMMIT", "END" -> SessionStatements.boundary(in, Boundary.COMMIT);
            case "ROLLBACK", "ABORT" -> SessionStatements.boundary(in, Boundary.ROLLBACK);
            case "DISCARD", "DEALLOCATE", "RESET" -> SessionStatements.tidy(verb, in);
            default -> throw unknown(verb);
        };
    }

    private static Refused unknown(Token verb) {
        var verbs =
                Arrays.stream(Grammar.values())
                        .map(form -> form.syntax().split(" ", 2)[0])
                        .distinct()
                        .toList();
        return TokenReader.syntaxError(
                "unknown command \"" + verb.text() + "\"",
                Spelling.suggestion(verb.text(), verbs) + "SHOW HELP lists the commands.");
    }

    private static AdminCommand show(TokenReader in) throws Refused {
        if (in.atEnd()) {
            throw in.expected("a view");
        }
        if (in.took("TRANSACTION", "ISOLATION", "LEVEL")) {
            return new AdminCommand.ShowSetting("transaction_isolation");
        }
        var word = in.name("a view");
        var view = View.of(word);
        if (view.isEmpty()) {
            var setting = SessionStatements.setting(word);
            if (setting.isPresent()) {
                return new AdminCommand.ShowSetting(setting.get());
            }
            throw unknownView(word);
        }
        var scope = view.get().takesDatabase() ? in.scope() : Scope.ALL;
        return new AdminCommand.Show(view.get(), scope);
    }

    private static AdminCommand select(TokenReader in) throws Refused {
        if (in.atViewAlone()) {
            return show(in);
        }
        return SessionStatements.constant(in);
    }

    static Refused unknownView(String word) {
        var views = Stream.of(View.values()).map(View::word).toList();
        return TokenReader.syntaxError(
                "there is nothing to show under the name \"" + word + "\"",
                Spelling.suggestion(word, views) + "SHOW HELP lists the views.");
    }

    private static Scope scopeBeforeWithin(TokenReader in) throws Refused {
        return !in.atEnd() && in.peek().is("WITHIN") ? Scope.ALL : in.scope();
    }

    private static Patience patience(TokenReader in) throws Refused {
        return in.took("WITHIN") ? new Patience.Within(in.duration()) : new Patience.Unlimited();
    }

    private static AdminCommand maintenance(TokenReader in) throws Refused {
        if (in.took("ON")) {
            return new AdminCommand.MaintenanceOn(scopeBeforeWithin(in), patience(in));
        }
        if (in.took("OFF")) {
            return new AdminCommand.MaintenanceOff(in.scope());
        }
        throw in.expected("ON or OFF");
    }

    private static long clientId(TokenReader in) throws Refused {
        var text = in.value("the id of a client");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw TokenReader.syntaxError(
                    "\"" + text + "\" is not the id of a client",
                    "SHOW CLIENTS has the ids in its column id.");
        }
    }

    private static Stop stop(TokenReader in) throws Refused {
        if (in.atEnd()) {
            return Stop.NOW;
        }
        if (in.took("WAIT_FOR_SERVERS")) {
            return Stop.WAIT_FOR_SERVERS;
        }
        if (in.took("WAIT_FOR_CLIENTS")) {
            return Stop.WAIT_FOR_CLIENTS;
        }
        throw in.expected("WAIT_FOR_SERVERS or WAIT_FOR_CLIENTS");
    }

    private static AdminCommand check(TokenReader in) throws Refused {
        var database = in.name("a database");
        in.expect("TO");
        return new AdminCommand.Check(database, in.name("a server"));
    }

    private static AdminCommand repair(TokenReader in) throws Refused {
        var database = in.name("a database");
        return in.took("PRINT", "SQL")
                ? new AdminCommand.RepairSql(database)
                : new AdminCommand.Repair(database, in.took("DRY", "RUN"));
    }

    private static AdminCommand migrate(TokenReader in) throws Refused {
        var database = in.name("a database");
        if (in.took("ABORT")) {
            return new AdminCommand.MigrateAbort(database);
        }
        if (in.took("COMPLETE")) {
            return new AdminCommand.MigrateComplete(database);
        }
        if (!in.took("TO")) {
            throw in.expected("TO, ABORT or COMPLETE");
        }
        var server = in.name("a server");
        if (in.took("DRY", "RUN")) {
            return new AdminCommand.MigratePlan(database, server);
        }
        in.took("START");
        return new AdminCommand.MigrateStart(database, server, accepted(in));
    }

    private static AdminCommand cutover(TokenReader in) throws Refused {
        var databases = in.names("a database");
        if (in.took("CANCEL")) {
            if (databases.size() > 1) {
                throw TokenReader.syntaxError(
                        "CUTOVER … CANCEL takes one database", "A run is cancelled as a whole.");
            }
            return new AdminCommand.CutoverCancel(databases.getFirst());
        }
        if (in.took("BACK")) {
            boolean ignoringStrays = in.took("IGNORING", "STRAYS");
            return new AdminCommand.CutoverBack(databases, ignoringStrays, options(in));
        }
        if (!in.took("TO")) {
            throw in.expected("TO, BACK or CANCEL");
        }
        return new AdminCommand.CutoverTo(databases, in.name("a server"), options(in));
    }

    private static CutoverOptions options(TokenReader in) throws Refused {
        boolean dryRun = in.took("DRY", "RUN");
        var maxPause = in.took("MAX", "PAUSE") ? in.duration() : Duration.ZERO;
        return new CutoverOptions(dryRun, maxPause, accepted(in));
    }

    private static Set<String> accepted(TokenReader in) throws Refused {
        return in.took("ACCEPT") ? in.values("the id of a check") : Set.of();
    }
}
