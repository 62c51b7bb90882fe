package dev.pointsman.cli.render;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;

/// Where output goes: whether people look at it as it comes, and in colour.
public final class Terminal {
    private static final String ESCAPE = "\u001b[";

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean interactive;
    private final boolean colour;
    private final Reader reader;

    /// Asks a person for a line.
    public interface Reader {
        /// The line; empty when there is none to be had.
        String ask(String question);
    }

    public Terminal(
            PrintWriter out, PrintWriter err, boolean interactive, boolean colour, Reader reader) {
        this.out = out;
        this.err = err;
        this.interactive = interactive;
        this.colour = colour;
        this.reader = reader;
    }

    /// The process's own, as far as it has one.
    public static Terminal of(PrintWriter out, PrintWriter err, Map<String, String> environment) {
        var console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        var interactive = console.isPresent() && !"dumb".equals(environment.get("TERM"));
        return new Terminal(
                out,
                err,
                interactive,
                interactive && environment.getOrDefault("NO_COLOR", "").isEmpty(),
                question ->
                        console.map(it -> it.readLine("%s", question))
                                .map(String::strip)
                                .orElse(""));
    }

    public boolean isInteractive() {
        return interactive;
    }

    public void line(String text) {
        out.println(text);
        out.flush();
    }

    /// Says something aside, on standard error.
    public void aside(String text) {
        err.println(text);
        err.flush();
    }

    /// On a terminal, puts `text` in place of what was put so last; elsewhere prints nothing.
    public void replace(String text) {
        if (interactive) {
            out.print("\r" + ESCAPE + "K" + text);
            out.flush();
        }
    }

    /// On a terminal, clears the screen.
    public void clear() {
        if (interactive) {
            out.print(ESCAPE + "H" + ESCAPE + "2J");
        }
    }

    /// True when the person says yes.
    public boolean agrees(String question) {
        var said = reader.ask(question + " [y/N] ");
        return said.equalsIgnoreCase("y") || said.equalsIgnoreCase("yes");
    }

    public String good(String text) {
        return painted("32", text);
    }

    public String bad(String text) {
        return painted("31", text);
    }

    public String doubtful(String text) {
        return painted("33", text);
    }

    public String strong(String text) {
        return painted("1", text);
    }

    private String painted(String code, String text) {
        return colour ? ESCAPE + code + "m" + text + ESCAPE + "0m" : text;
    }
}
