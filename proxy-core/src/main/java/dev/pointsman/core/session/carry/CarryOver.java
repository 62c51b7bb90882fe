package dev.pointsman.core.session.carry;

import dev.pointsman.core.server.Answer;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.carry.Carried.Prepared;
import dev.pointsman.core.session.carry.sql.SqlPrepare;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads a session's state from one server connection and writes it to another.
///
/// One row for each thing, `kind, name, value, more, flag`: the server's own catalogs are the only
/// truth, save for custom settings, which they do not show and whose names the caller knows. The
/// functions behind the catalogs' views are asked: a backend that does this once in its life has no
/// plan for a view at hand, and its client waits.
public final class CarryOver {
    private static final String CAPTURE =
            """
            SELECT 'setting', name, setting, '', '' FROM pg_catalog.pg_show_all_settings()
             WHERE source = 'session' AND name NOT IN ('role', 'session_authorization')
            UNION ALL
            SELECT 'role', pg_catalog.current_setting('role'), '', '', ''
            UNION ALL
            SELECT 'prepared', name, statement,
                   coalesce((SELECT pg_catalog.string_agg(t::text, ';' ORDER BY n)
                               FROM pg_catalog.unnest(parameter_types) WITH ORDINALITY p(t, n)), ''),
                   from_sql::text
              FROM pg_catalog.pg_prepared_statement()
            UNION ALL
            SELECT 'pin', 'it listens for notifications', '', '', ''
             WHERE EXISTS (SELECT FROM pg_catalog.pg_listening_channels())
            UNION ALL
            SELECT 'pin', 'it has a cursor WITH HOLD', '', '', ''
             WHERE EXISTS (SELECT FROM pg_catalog.pg_cursor() WHERE is_holdable)
            UNION ALL
            SELECT 'pin', 'it has temporary tables', '', '', ''
             WHERE pg_catalog.pg_my_temp_schema() <> 0
               AND EXISTS (SELECT FROM pg_catalog.pg_class
                            WHERE relnamespace = pg_catalog.pg_my_temp_schema()
                              AND relkind IN ('r', 'S', 'v', 'p', 'm'))
            UNION ALL
            SELECT 'pin', 'it holds advisory locks', '', '', ''
             WHERE EXISTS (SELECT FROM pg_catalog.pg_lock_status()
                            WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid())
            UNION ALL
            SELECT 'pin', 'it has changed its session_authorization', '', '', ''
             WHERE pg_catalog.current_setting('session_authorization') <>\
            """;

    private CarryOver() {}

    /// Reads everything; `customNames` are those of settings that no catalog shows.
    public static Future<Carried> capture(ServerConnection from, Set<String> customNames) {
        var sql = new StringBuilder(CAPTURE);
        sql.append(Literals.quoted(from.login().user())).append('\n');
        for (String name : customNames) {
            String quoted = Literals.quoted(name);
            sql.append("UNION ALL SELECT 'setting', ").append(quoted);
            sql.append(", pg_catalog.current_setting(").append(quoted).append(", true), '', ''");
            sql.append(" WHERE pg_catalog.current_setting(").append(quoted);
            sql.append(", true) IS NOT NULL\n");
        }
        Promise<Carried> promise = from.channel().eventLoop().newPromise();
        from.ask(sql.toString())
                .addListener(
                        (Future<Answer> asked) -> {
                            if (asked.isSuccess() && asked.getNow().clean()) {
                                promise.setSuccess(read(asked.getNow()));
                            } else {
                                promise.setFailure(
                                        asked.isSuccess()
                                                ? new IllegalStateException(
                                                        asked.getNow().errors().toString())
                                                : asked.cause());
                            }
                        });
        return promise;
    }

    /// Writes everything; completes with what could not be written, empty when all was.
    public static Future<String> restore(ServerConnection to, Carried state) {
        Promise<String> promise = to.channel().eventLoop().newPromise();
        ByteBuf out = to.channel().alloc().buffer();
        int readies = write(out, state);
        if (readies == 0) {
            out.release();
            return promise.setSuccess("");
        }
        to.ask(out, readies)
                .addListener(
                        (Future<Answer> asked) -> {
                            if (!asked.isSuccess()) {
                                promise.setFailure(asked.cause());
                            } else {
                                promise.setSuccess(
                                        asked.getNow()
                                                .firstError()
                                                .map(
                                                        error ->
                                                                "the new server said: "
                                                                        + error.summary())
                                                .orElse(""));
                            }
                        });
        return promise;
    }

    private static int write(ByteBuf out, Carried state) {
        int readies = 0;
        if (!state.settings().isEmpty()) {
            Requests.query(out, settings(state.settings()));
            readies++;
        }
        for (Prepared statement : state.prepared()) {
            write(out, statement);
            readies++;
        }
        if (!state.role().isEmpty()) {
            // Last: afterwards the settings might not be allowed any more.
            Requests.query(out, "SET ROLE " + Literals.identifier(state.role()));
            readies++;
        }
        return readies;
    }

    /// Types go by name, because numbers of user types differ between servers; only PREPARE takes
    /// names, and Bind takes what PREPARE has made.
    private static void write(ByteBuf out, Prepared statement) {
        if (statement.bySql()) {
            Requests.query(out, statement.text());
        } else if (statement.types().isEmpty()) {
            Requests.parse(out, statement.name(), statement.text());
            Requests.sync(out);
        } else {
            Requests.query(
                    out,
                    "PREPARE %s (%s) AS %s"
                            .formatted(
                                    Literals.identifier(statement.name()),
                                    String.join(", ", statement.types()),
                                    statement.text()));
        }
    }

    private static String settings(Map<String, String> settings) {
        var sql = new StringBuilder("SELECT pg_catalog.set_config(k, v, false) FROM (VALUES ");
        String separator = "";
        for (var setting : settings.entrySet()) {
            sql.append(separator).append('(').append(Literals.quoted(setting.getKey()));
            sql.append(", ").append(Literals.quoted(setting.getValue())).append(')');
            separator = ", ";
        }
        return sql.append(") s(k, v)").toString();
    }

    private static Carried read(Answer answer) {
        String pin = "";
        String role = "";
        var settings = new LinkedHashMap<String, String>();
        var prepared = new ArrayList<Prepared>();
        for (List<@Nullable String> row : answer.rows()) {
            String name = text(row, 1);
            switch (text(row, 0)) {
                case "setting" -> settings.put(name, text(row, 2));
                case "role" -> role = name.equals("none") ? "" : name;
                case "pin" -> pin = pin.isEmpty() ? name : pin + ", " + name;
                default -> {
                    boolean bySql = text(row, 4).startsWith("t");
                    String sql = text(row, 2);
                    if (bySql) {
                        sql = SqlPrepare.of(name, sql);
                    }
                    if (sql.isEmpty()) {
                        pin = "its prepared statement " + name + " cannot be told from its text";
                    }
                    prepared.add(new Prepared(name, sql, types(text(row, 3)), bySql));
                }
            }
        }
        return new Carried(pin, role, settings, prepared);
    }

    private static List<String> types(String joined) {
        return joined.isEmpty() ? List.of() : List.of(joined.split(";"));
    }

    private static String text(List<@Nullable String> row, int column) {
        String value = row.get(column);
        return value == null ? "" : value;
    }
}
