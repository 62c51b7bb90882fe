package dev.pointsman.core.session.carry;

import dev.pointsman.core.server.Answer;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.carry.Carried.Prepared;
import dev.pointsman.core.session.carry.sql.SqlStatements;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Writes a session's state to a server connection: settings, then the role, then what is prepared,
/// since statements may find their tables through the role. A statement that was prepared before
/// the role was set may need what only the login has: where one fails with the role, those that are
/// missing are prepared without it.
///
/// In transaction mode the connection may have what another client has prepared by SQL, which would
/// pass for the session's own or keep its names from it. All of that is discarded beforehand, and
/// so is what has a statement's name without anybody knowing.
///
/// All that is text is written in UTF8; the client's own encoding is set behind it.
final class Restoration {
    private final ServerConnection to;
    private final Carried state;
    private final Promise<String> written;
    private final ByteBuf out;
    private int readies;

    private Restoration(ServerConnection to, Carried state, Promise<String> written) {
        this.to = to;
        this.state = state;
        this.written = written;
        this.out = to.channel().alloc().buffer();
    }

    /// Completes with what could not be written, empty when all was.
    static Future<String> begin(ServerConnection to, Carried state) {
        Promise<String> written = to.channel().eventLoop().newPromise();
        if (SqlStatements.areOn(to)) {
            discardAndWrite(to, state, written);
        } else {
            write(
                    to,
                    state,
                    written,
                    answer -> {
                        if (isTaken(answer)) {
                            discardAndWrite(to, state, written);
                        } else {
                            end(to, state, written, answer);
                        }
                    });
        }
        return written;
    }

    /// Names that are taken even then stay so.
    private static void discardAndWrite(
            ServerConnection to, Carried state, Promise<String> written) {
        to.markDirty();
        to.reset()
                .addListener(
                        (Future<Boolean> reset) -> {
                            if (reset.isSuccess() && reset.getNow()) {
                                to.markDirty();
                                write(
                                        to,
                                        state,
                                        written,
                                        answer -> end(to, state, written, answer));
                            } else {
                                written.setSuccess(
                                        "what others have prepared there could not be discarded");
                            }
                        });
    }

    private static void write(
            ServerConnection to, Carried state, Promise<String> written, Consumer<Answer> next) {
        var all = new Restoration(to, state, written);
        all.beginText();
        all.settings();
        all.role();
        state.prepared().forEach(all::prepare);
        all.endText();
        all.run(next);
    }

    private static void end(
            ServerConnection to, Carried state, Promise<String> written, Answer answer) {
        boolean mayNeedTheLogin = !state.role().isEmpty() && !state.prepared().isEmpty();
        if (answer.errors().isEmpty() || !mayNeedTheLogin || isTaken(answer)) {
            written.setSuccess(refusal(answer));
        } else {
            lookForMissing(to, state, written);
        }
    }

    /// What has a statement's name there is somebody else's, and means something else.
    private static boolean isTaken(Answer answer) {
        return answer.errors().stream()
                .anyMatch(
                        error ->
                                error.sqlState()
                                        .equals(SqlState.DUPLICATE_PREPARED_STATEMENT.code()));
    }

    private static void lookForMissing(
            ServerConnection to, Carried state, Promise<String> written) {
        var look = new Restoration(to, state, written);
        look.beginText();
        look.query("SET ROLE NONE");
        look.query("SELECT name FROM pg_catalog.pg_prepared_statement()");
        look.run(
                answer -> {
                    Set<String> there =
                            answer.rows().stream()
                                    .map(row -> Objects.requireNonNullElse(row.getFirst(), ""))
                                    .collect(Collectors.toSet());
                    prepareMissing(to, state, there, written);
                });
    }

    /// What else was refused is refused again.
    private static void prepareMissing(
            ServerConnection to, Carried state, Set<String> there, Promise<String> written) {
        var rest = new Restoration(to, state, written);
        rest.beginText();
        rest.settings();
        state.prepared().stream()
                .filter(statement -> !there.contains(statement.name()))
                .forEach(rest::prepare);
        rest.role();
        rest.endText();
        rest.run(answer -> written.setSuccess(refusal(answer)));
    }

    private static String refusal(Answer answer) {
        return answer.firstError()
                .map(error -> "the new server said: " + error.summary())
                .orElse("");
    }

    private void run(Consumer<Answer> next) {
        if (readies == 0) {
            out.release();
            written.setSuccess("");
            return;
        }
        to.ask(out, readies)
                .addListener(
                        (Future<Answer> asked) -> {
                            if (asked.isSuccess()) {
                                next.accept(asked.getNow());
                            } else {
                                written.setFailure(asked.cause());
                            }
                        });
    }

    private void beginText() {
        if (!CarryOver.isText(to)) {
            query(CarryOver.SET_TEXT);
        }
    }

    private void endText() {
        String clients = state.settings().get(CarryOver.ENCODING);
        if (clients != null) {
            query("SET client_encoding TO " + Literals.quoted(clients));
        }
    }

    private void settings() {
        var sql = new StringBuilder("SELECT pg_catalog.set_config(k, v, false) FROM (VALUES ");
        String separator = "";
        for (Map.Entry<String, String> setting : state.settings().entrySet()) {
            if (!setting.getKey().equals(CarryOver.ENCODING)) {
                sql.append(separator).append('(').append(Literals.quoted(setting.getKey()));
                sql.append(", ").append(Literals.quoted(setting.getValue())).append(')');
                separator = ", ";
            }
        }
        if (!separator.isEmpty()) {
            query(sql.append(") s(k, v)").toString());
        }
    }

    /// Behind the settings: afterwards they might not be allowed any more.
    private void role() {
        if (!state.role().isEmpty()) {
            query("SET ROLE " + Literals.identifier(state.role()));
        }
    }

    /// Types go by name, because numbers of user types differ between servers; only PREPARE takes
    /// names, and Bind takes what PREPARE has made.
    private void prepare(Prepared statement) {
        List<String> types = statement.types();
        if (statement.bySql()) {
            query(statement.text());
        } else if (types.isEmpty()) {
            Requests.parse(out, statement.name(), statement.text());
            Requests.sync(out);
            readies++;
        } else {
            query(
                    "PREPARE %s (%s) AS %s"
                            .formatted(
                                    Literals.identifier(statement.name()),
                                    String.join(", ", types),
                                    statement.text()));
        }
    }

    private void query(String sql) {
        Requests.query(out, sql);
        readies++;
    }
}
