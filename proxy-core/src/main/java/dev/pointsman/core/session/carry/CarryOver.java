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
import java.util.Set;

/// Reads a session's state from one server connection and writes it to another.
///
/// One row for each thing, `kind, name, value, more, flag`: the server's own catalogs are the only
/// truth, save for custom settings, which they do not show and whose names the caller knows. The
/// functions behind the catalogs' views are asked: a backend that does this once in its life has no
/// plan for a view at hand, and its client waits.
///
/// All of it is read and written in UTF8, whatever the client's encoding is: that is set again
/// behind it.
public final class CarryOver {
    static final String ENCODING = "client_encoding";
    static final String SET_TEXT = "SET client_encoding TO 'UTF8'";

    private static final String TEXT = "UTF8";
    private static final String NO_ENCODING = "SQL_ASCII"; // servers that pass bytes on as they are
    private static final char UNREADABLE = '\ufffd';
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
            SELECT 'pin', CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class
                                             WHERE relnamespace = pg_catalog.pg_my_temp_schema()
                                               AND relkind IN ('r', 'S', 'v', 'p', 'm'))
                               THEN 'it has temporary tables'
                               ELSE 'it has functions, types or the like in pg_temp' END,
                   '', '', ''
             WHERE EXISTS (SELECT FROM pg_catalog.pg_depend
                            WHERE refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                              AND refobjid = pg_catalog.pg_my_temp_schema())
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
        String clients = from.parameters().get(ENCODING);
        boolean converts = !NO_ENCODING.equals(from.parameters().get("server_encoding"));
        ask(from, sql.toString())
                .addListener(
                        (Future<Answer> asked) -> {
                            if (asked.isSuccess() && asked.getNow().clean()) {
                                var state = read(asked.getNow(), converts);
                                promise.setSuccess(
                                        clients == null || clients.equals(TEXT)
                                                ? state
                                                : state.with(ENCODING, clients));
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
        return Restoration.begin(to, state);
    }

    /// Whether a connection speaks the encoding that state is read and written in.
    static boolean isText(ServerConnection connection) {
        String encoding = connection.parameters().get(ENCODING);
        return encoding == null || encoding.equals(TEXT);
    }

    private static Future<Answer> ask(ServerConnection from, String sql) {
        ByteBuf out = from.channel().alloc().buffer();
        int readies = 1;
        if (!isText(from)) {
            Requests.query(out, SET_TEXT);
            readies++;
        }
        Requests.query(out, sql);
        return from.ask(out, readies);
    }

    /// @param converts whether the server knows what its texts are written in
    private static Carried read(Answer answer, boolean converts) {
        String pin = "";
        String role = "";
        var settings = new LinkedHashMap<String, String>();
        var prepared = new ArrayList<Prepared>();
        for (List<@Nullable String> row : answer.rows()) {
            String name = text(row, 1);
            if (!converts && isUnreadable(row)) {
                pin = "its state holds text that is not UTF8, in a database without an encoding";
            }
            switch (text(row, 0)) {
                case "setting" -> settings.put(name, text(row, 2));
                case "role" -> role = name.equals("none") ? "" : name;
                case "pin" -> pin = pin.isEmpty() ? name : pin + ", " + name;
                default -> {
                    boolean bySql = text(row, 4).startsWith("t");
                    String sql = text(row, 2);
                    if (bySql) {
                        sql = SqlPrepare.of(name, sql);
                        if (sql.isEmpty()) {
                            pin =
                                    "its prepared statement "
                                            + name
                                            + " cannot be told from its text";
                        }
                    }
                    prepared.add(new Prepared(name, sql, types(text(row, 3)), bySql));
                }
            }
        }
        return new Carried(pin, role, settings, prepared);
    }

    private static boolean isUnreadable(List<@Nullable String> row) {
        return row.stream().anyMatch(value -> value != null && value.indexOf(UNREADABLE) >= 0);
    }

    private static List<String> types(String joined) {
        return joined.isEmpty() ? List.of() : List.of(joined.split(";"));
    }

    private static String text(List<@Nullable String> row, int column) {
        String value = row.get(column);
        return value == null ? "" : value;
    }
}
