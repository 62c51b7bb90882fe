package dev.pointsman.core.session.pin;

import dev.pointsman.core.pool.LoopPool;
import dev.pointsman.core.server.Answer;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.session.carry.sql.SqlStatements;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// What keeps one client's server connection with it in transaction mode. Statements tell what they
/// may leave; when the transaction is over the server is asked what it has left. Confined to the
/// session's event loop, but for [#words].
public final class Pins {
    private static final byte[][] CREATING = {bytes("CREATE "), bytes("ALTER ")};
    private static final byte[][] HARMLESS = {
        bytes("CREATE TABLE"), bytes("CREATE INDEX"), bytes("CREATE SEQUENCE")
    };

    private static final String PLAIN_STRINGS = "standard_conforming_strings";

    private final Watch watch;
    private final LoopPool pool;
    private final ServerParameters told;
    private final SqlStatements statements;
    private final StatementTraces ofStatements = new StatementTraces();
    private @Nullable Study study;
    private @Nullable ServerConnection connection;
    private int traces; // of the transaction under way
    private int asked;
    private boolean tooMany;
    private volatile int held;

    /// @param told the settings as the client was told them
    public Pins(Watch watch, LoopPool pool, ServerParameters told, SqlStatements statements) {
        this.watch = watch;
        this.pool = pool;
        this.told = told;
        this.statements = statements;
    }

    /// From now on the session works on this connection.
    public void begin(ServerConnection on) {
        connection = on;
        study = watch.study(on.login().server().name());
        traces = Trace.NONE;
    }

    /// It has given it back.
    public void end() {
        connection = null;
        held = Trace.NONE;
        traces = Trace.NONE;
    }

    /// Whether what leaves this may be run: either nothing that stays, or the connection may stay
    /// with the session.
    public boolean admits(int traces) {
        var on = connection;
        return !stays(withStatements(traces)) || on == null || pool.pin(on);
    }

    private boolean stays(int traces) {
        boolean prepares = (traces & Trace.STATEMENTS) != 0;
        return (traces & Trace.PINNING) != 0
                || (prepares && ((traces & Trace.UNSURE) != 0 || statements.isFull()));
    }

    /// With what the client's prepared statements may leave, where one may be run.
    private int withStatements(int traces) {
        if ((traces & Trace.EXECUTES) == 0) {
            return traces;
        }
        int unknown = (held & Trace.STATEMENTS) != 0 ? Trace.HIDDEN : Trace.NONE;
        return traces | unknown | ofStatements.of(statements, this);
    }

    /// Those that follow the client, which were made by SQL.
    public SqlStatements statements() {
        return statements;
    }

    /// Whether the connection at hand has a statement of this name that follows the client.
    public boolean keepsStatement(String name) {
        return statements.has(name) && (traces & (Trace.RELEASE | Trace.HIDDEN)) == 0;
    }

    /// Whether it listens for notifications.
    public boolean listens() {
        return (held & Trace.LISTENS) != 0;
    }

    /// Whether the connection stays with the session.
    public boolean any() {
        return held != Trace.NONE;
    }

    /// Whether nothing can make the connection fit for others again.
    public boolean forGood() {
        return (held & Trace.LOADED) != 0;
    }

    /// What holds it, one word each; empty: nothing. Any thread, at about this moment.
    public String words() {
        return Reason.words(held);
    }

    /// Why the session cannot be carried to another server, for people; empty: nothing. Any thread,
    /// at about this moment.
    public String obstacles() {
        return Reason.obstacles(held);
    }

    /// What the text at `from` may leave; `whole` says whether it is at hand to its end.
    public int read(ByteBuf bytes, int from, int to, boolean whole) {
        int read = watch.read(bytes, from, to, lexicon());
        boolean misread = "off".equals(told.get(PLAIN_STRINGS));
        return whole && !misread ? read : read | Trace.HIDDEN | Trace.UNSURE;
    }

    public Lexicon lexicon() {
        var now = study;
        return now == null ? watch.study("").lexicon() : now.lexicon();
    }

    /// A statement is run by a name that SQL may have given.
    public static int ofExecution() {
        return Trace.EXECUTES;
    }

    /// A statement is closed by such a name.
    public static int ofClosing() {
        return Trace.RELEASE;
    }

    /// A function was called by its number.
    public static int ofFunctionCall() {
        return Trace.HIDDEN;
    }

    /// Whether it changes settings whose names have to be learnt.
    public static boolean sets(int traces) {
        return (traces & Trace.SETTINGS) != 0;
    }

    /// Something is run that may leave this.
    public void note(int more) {
        traces |= withStatements(more);
    }

    /// The unnamed prepared statement is, or is not, left for a later transaction.
    public void unnamed(boolean waits) {
        var on = connection;
        boolean stays = waits && on != null && pool.pin(on);
        held = stays ? held | Trace.UNNAMED : held & ~Trace.UNNAMED;
    }

    /// Whether something was left that nobody could foresee, with too many others that stay. A
    /// session that is carried to another server stays pinned there whatever the number.
    public boolean isTooMany() {
        return tooMany;
    }

    /// What was done may have made functions that were not there before.
    public void onTag(ByteBuf bytes, int from, int to) {
        var now = study;
        if (now != null
                && startsWith(bytes, from, to, CREATING)
                && !startsWith(bytes, from, to, HARMLESS)) {
            now.outdate();
        }
    }

    /// Whether the server has to be asked before it is known what is left.
    public boolean isDue() {
        var now = study;
        return toAsk() != 0 || asksFollowed() || (now != null && now.isDue());
    }

    /// Asks, between transactions; `over` is told what the settings are that follow the client, and
    /// that [#any] is as it is.
    public void ask(
            ServerConnection on, Set<String> customNames, Consumer<Map<String, String>> over) {
        asked = toAsk();
        if ((traces & Trace.HIDDEN) != 0) {
            // What no catalog shows goes with the connection's return.
            on.markDirty();
        }
        if (asked == 0 && !asksFollowed()) {
            take(on, Map.of(), 0, over);
            return;
        }
        PinCheck.ask(on, asked, customNames, asksFollowed() ? watch.followed() : List.of())
                .addListener((Future<Answer> answered) -> onAnswer(on, answered, over));
    }

    private void onAnswer(
            ServerConnection on, Future<Answer> answered, Consumer<Map<String, String>> over) {
        if (answered.isSuccess() && answered.getNow().clean()) {
            var found = PinCheck.read(answered.getNow());
            boolean stay =
                    (asked & Trace.STATEMENTS) != 0
                            && !statements.learn(on, found.statements(), !madeUnderOtherSettings());
            take(on, found.followed(), found.traces() | (stay ? Trace.STATEMENTS : 0), over);
        } else {
            // Then what was said counts.
            on.markDirty();
            take(on, Map.of(), (traces | held) & asked, over);
        }
    }

    /// Whether what was prepared may mean something else without the settings of its transaction,
    /// or of one before: then it stays where it is.
    private boolean madeUnderOtherSettings() {
        int both = Trace.LOCAL | Trace.STATEMENTS;
        return (traces & both) == both || (held & Trace.STATEMENTS) != 0;
    }

    private void take(
            ServerConnection on,
            Map<String, String> followed,
            int found,
            Consumer<Map<String, String>> over) {
        int before = held;
        held = (held & ~asked) | (found & asked) | (traces & Trace.LOADED);
        traces = Trace.NONE;
        tooMany = before == Trace.NONE && held != Trace.NONE && !pool.pin(on);
        if (before != Trace.NONE && held == Trace.NONE) {
            on.markDirty();
        }
        var now = study;
        if (now != null && now.isDue() && on.healthy()) {
            now.look(on).addListener(_ -> over.accept(followed));
        } else {
            over.accept(followed);
        }
    }

    private int toAsk() {
        int said = traces;
        int ask = (said & Trace.HIDDEN) != 0 ? Trace.ASKABLE : said & Trace.ASKABLE;
        if ((said & Trace.RELEASE) == 0) {
            return ask;
        }
        return ask | (held & Trace.ASKABLE) | (statements.isEmpty() ? 0 : Trace.STATEMENTS);
    }

    private boolean asksFollowed() {
        return (traces & (Trace.FOLLOWED | Trace.HIDDEN)) != 0 && !watch.followed().isEmpty();
    }

    private static boolean startsWith(ByteBuf bytes, int from, int to, byte[][] beginnings) {
        for (byte[] beginning : beginnings) {
            if (to - from >= beginning.length && matches(bytes, from, beginning)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(ByteBuf bytes, int from, byte[] beginning) {
        for (int i = 0; i < beginning.length; i++) {
            if (bytes.getByte(from + i) != beginning[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
