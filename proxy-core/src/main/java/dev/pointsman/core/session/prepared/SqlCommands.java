package dev.pointsman.core.session.prepared;

import dev.pointsman.core.server.FrameRelay;
import dev.pointsman.core.session.pin.Pins;
import dev.pointsman.core.session.prepared.ServerStatements.Prepared;
import dev.pointsman.core.session.unit.UnitTracker;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.sql.Keyword;
import dev.pointsman.core.wire.sql.SqlText;

import io.netty.buffer.ByteBuf;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `DEALLOCATE name` and `EXECUTE name` in SQL, of names that the client has given by the protocol.
/// As everywhere here the server answers: it deallocates an empty statement of ours in place of one
/// that others may use, and executes what is prepared here. Confined to one event loop.
final class SqlCommands {
    private static final String NAME = "[a-z_\\x80-\\xff][\\w$\\x80-\\xff]{0,62}+";

    /// Over bytes as characters, since nobody knows the client's encoding.
    private static final Pattern COMMAND =
            Pattern.compile(
                    "\\s*(?:deallocate(?:\\s+prepare)?|execute|prepare)"
                            + "(?:\\s*\"((?:[^\"]|\"\"){1,63})\"|\\s+(?!all\\b|transaction\\b)("
                            + NAME
                            + "))([\\s(;].*)?",
                    Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern NOTHING_MORE = Pattern.compile("\\s*+;?\\s*+");

    /// A command that stands alone.
    record Command(boolean executes, Statement statement, String name, String rest) {
        /// What it may leave.
        int traces(Pins pins) {
            return executes ? statement.traces(pins) : 0;
        }
    }

    private final FrameRelay client;
    private final UnitTracker tracker;
    private final Answers answers;
    private final ClientStatements own;
    private final Outlet outlet;

    SqlCommands(
            FrameRelay client,
            UnitTracker tracker,
            Answers answers,
            ClientStatements own,
            Outlet outlet) {
        this.client = client;
        this.tracker = tracker;
        this.answers = answers;
        this.own = own;
        this.outlet = outlet;
    }

    /// Whether the Query at hand waits for the answers to what was sent before it, which say what
    /// its name means.
    boolean mustWait() {
        if (tracker.due() == 0 || tracker.takesCopyData()) {
            return false;
        }
        FrameScanner query = client.message();
        int from = query.bodyStart();
        Keyword said = Keyword.first(query.bytes(), from, from + query.bodyKept());
        return isOne(said) || said == Keyword.PREPARE;
    }

    /// The command at `from` of the message at hand, when it is of a statement that the client has
    /// prepared by the protocol.
    @Nullable Command read(int from) {
        FrameScanner message = client.message();
        int to = message.bodyStart() + message.bodyKept();
        Keyword said = Keyword.first(message.bytes(), from, to);
        return isOne(said) && message.bodyWhole() ? read(said == Keyword.EXECUTE, from, to) : null;
    }

    /// What the PREPARE at `from` is refused with, since the client uses its name already; null: it
    /// is none, or has another.
    @Nullable ErrorReport taken(int from) {
        FrameScanner message = client.message();
        int to = message.bodyStart() + message.bodyKept();
        if (Keyword.first(message.bytes(), from, to) != Keyword.PREPARE
                || tracker.status() == TransactionStatus.FAILED
                || !message.bodyWhole()) {
            return null;
        }
        var match = match(from, to);
        String name = match == null ? "" : name(match);
        return own.find(name) == null ? null : PreparedErrors.taken(name);
    }

    private @Nullable Matcher match(int from, int to) {
        ByteBuf bytes = client.message().bytes();
        int zero = bytes.indexOf(from, to, (byte) 0);
        if (zero < 0) {
            return null;
        }
        var match = COMMAND.matcher(bytes.toString(from, zero - from, StandardCharsets.ISO_8859_1));
        return match.matches() ? match : null;
    }

    private static String name(Matcher match) {
        String quoted = match.group(1);
        return utf8(quoted == null ? lower(match.group(2)) : quoted.replace("\"\"", "\""));
    }

    private @Nullable Command read(boolean executes, int from, int to) {
        var match = match(from, to);
        if (match == null) {
            return null;
        }
        ByteBuf bytes = client.message().bytes();
        String name = name(match);
        String rest = match.group(3) == null ? "" : match.group(3);
        int end = SqlText.statementEnd(bytes, from, to);
        boolean alone =
                executes
                        ? Keyword.first(bytes, end, to) == Keyword.EMPTY
                        : NOTHING_MORE.matcher(rest).matches();
        Statement statement = own.find(name);
        return alone && statement != null ? new Command(executes, statement, name, rest) : null;
    }

    private static boolean isOne(Keyword said) {
        return said == Keyword.DEALLOCATE || said == Keyword.EXECUTE;
    }

    /// Sends on what stands for a Query that holds only this. False: the server has the right
    /// answer to it as it is.
    boolean query(Command command) {
        if (tracker.status() == TransactionStatus.FAILED || !tracker.atUnitBoundary()) {
            return false;
        }
        byte[] text = text(command);
        ByteBuf out = outlet.instead();
        if (!tracker.atUnitBoundary()) {
            // An error in what is prepared in front must not have the Query discarded unanswered.
            StatementMessages.sync(out);
            tracker.onSent(FrontendType.SYNC);
            answers.add(Answers.OWN_SYNC);
        }
        out.writeByte(FrontendType.QUERY).writeInt(Integer.BYTES + text.length + 1);
        out.writeBytes(text).writeByte(0);
        tracker.onSent(FrontendType.QUERY);
        onRun(command);
        answers.add(Answers.QUERY);
        outlet.send(out);
        return true;
    }

    /// Sends on what stands for a Parse without a name, with its text at `from`.
    void parse(Command command, int from) {
        byte[] text = text(command);
        FrameScanner message = client.message();
        int to = message.bodyStart() + message.bodyKept();
        int behind = message.bytes().indexOf(from, to, (byte) 0) + 1;
        client.cut();
        ByteBuf start = outlet.buffer();
        StatementMessages.parse(start, new byte[0], text.length + 1 + to - behind);
        start.writeBytes(text).writeByte(0);
        client.passWith(start, StatementMessages.HEAD + behind - message.bodyStart());
        tracker.onSent(FrontendType.PARSE);
    }

    /// It is being run.
    void onRun(Command command) {
        if (!command.executes() && Objects.equals(own.find(command.name()), command.statement())) {
            own.remove(command.name());
            answers.add(new Due.Deallocate(command.name(), command.statement()));
        }
    }

    /// What the server is told, which has all that it speaks of by then.
    private byte[] text(Command command) {
        if (command.executes()) {
            Prepared here = outlet.ensure(command.statement());
            String name = new String(here.name, StandardCharsets.US_ASCII);
            return bytes("EXECUTE " + name + command.rest());
        }
        client.cut();
        ByteBuf out = outlet.buffer();
        outlet.close(out, StatementMessages.NOBODYS);
        StatementMessages.parse(out, StatementMessages.NOBODYS, 1 + Short.BYTES);
        out.writeByte(0).writeShort(0);
        tracker.onSent(FrontendType.PARSE);
        answers.add(Answers.OWN_CLOSE);
        outlet.send(out);
        return bytes("DEALLOCATE " + ServerStatements.PREFIX + "0");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String utf8(String bytes) {
        return new String(bytes(bytes), StandardCharsets.UTF_8);
    }

    /// As PostgreSQL folds names: ASCII only.
    private static String lower(String name) {
        var folded = new StringBuilder(name);
        for (int i = 0; i < folded.length(); i++) {
            folded.setCharAt(i, (char) lower(folded.charAt(i)));
        }
        return folded.toString();
    }

    private static int lower(char c) {
        return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
    }
}
