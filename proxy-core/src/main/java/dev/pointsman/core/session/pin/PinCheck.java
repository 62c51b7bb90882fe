package dev.pointsman.core.session.pin;

import dev.pointsman.core.server.Answer;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.carry.sql.SqlStatements;

import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Asks a server connection between transactions what is left in it: one row `kind, name, value`
/// for each thing. The functions behind the catalogs' views are asked, which is quicker.
final class PinCheck {
    /// @param traces what there is of what was asked about
    /// @param followed the settings that follow their client, as they stand
    /// @param statements the query strings of those prepared by SQL, by their names
    record Found(int traces, Map<String, String> followed, Map<String, String> statements) {
        Found {
            followed = Map.copyOf(followed);
            statements = Map.copyOf(statements);
        }
    }

    private static final int COLUMNS = 3;
    private static final String TRACE = "t";
    private static final String SETTING = "s";
    private static final String STATEMENT = "p";

    /// All texts of prepared statements together; with more none is told.
    private static final int TEXTS_MOST = 32 * SqlStatements.TEXT_MOST;

    private final StringBuilder sql = new StringBuilder();
    private final ServerConnection on;

    private PinCheck(ServerConnection on) {
        this.on = on;
    }

    /// @param traces what to ask about
    /// @param customNames of settings that no catalog shows
    /// @param followed of the settings whose value to tell
    static Future<Answer> ask(
            ServerConnection on, int traces, Set<String> customNames, List<String> followed) {
        var check = new PinCheck(on);
        check.write(traces, customNames);
        for (String name : followed) {
            check.begin();
            check.sql.append("'s', ").append(quoted(name)).append(", ");
            check.sql.append("pg_catalog.current_setting(").append(quoted(name)).append(", true)");
        }
        return on.ask(check.sql.toString());
    }

    static Found read(Answer answer) {
        int traces = 0;
        var followed = new LinkedHashMap<String, String>();
        var statements = new LinkedHashMap<String, String>();
        for (List<@Nullable String> row : answer.rows()) {
            if (row.size() != COLUMNS) {
                continue;
            }
            String name = text(row, 1);
            switch (text(row, 0)) {
                case TRACE -> traces |= Integer.parseInt(name);
                case SETTING -> followed.put(name, text(row, 2));
                case STATEMENT -> statements.put(name, text(row, 2));
                default -> {}
            }
        }
        return new Found(traces, followed, statements);
    }

    private void write(int traces, Set<String> customNames) {
        if ((traces & Trace.SETTINGS) != 0) {
            trace(Trace.SETTINGS, settings(customNames));
        }
        if ((traces & Trace.ROLE) != 0) {
            trace(
                    Trace.ROLE,
                    "pg_catalog.current_setting('role') <> 'none' OR"
                            + " pg_catalog.current_setting('session_authorization') <> "
                            + quoted(on.login().user()));
        }
        if ((traces & Trace.LISTENS) != 0) {
            trace(Trace.LISTENS, "EXISTS (SELECT FROM pg_catalog.pg_listening_channels())");
        }
        if ((traces & Trace.LOCKS) != 0) {
            trace(
                    Trace.LOCKS,
                    "EXISTS (SELECT FROM pg_catalog.pg_lock_status() WHERE locktype = 'advisory'"
                            + " AND pid = pg_catalog.pg_backend_pid())");
        }
        if ((traces & Trace.TABLES) != 0) {
            trace(
                    Trace.TABLES,
                    """
                    EXISTS (SELECT FROM pg_catalog.pg_depend
                             WHERE refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                               AND refobjid = pg_catalog.pg_my_temp_schema())\
                    """);
        }
        if ((traces & Trace.CURSORS) != 0) {
            trace(Trace.CURSORS, "EXISTS (SELECT FROM pg_catalog.pg_cursor() WHERE is_holdable)");
        }
        if ((traces & Trace.STATEMENTS) != 0) {
            begin();
            // Each statement has the whole text that it came in, with all the others of that text.
            sql.append("'p', name, CASE WHEN pg_catalog.octet_length(statement) <= ");
            sql.append(SqlStatements.TEXT_MOST);
            sql.append(" AND pg_catalog.sum(pg_catalog.octet_length(statement)) OVER () <= ");
            sql.append(TEXTS_MOST).append(" THEN statement ELSE '' END");
            sql.append(" FROM pg_catalog.pg_prepared_statement() WHERE from_sql");
        }
    }

    /// What follows its client anyway is left out; a custom setting that was reset is empty.
    private String settings(Set<String> customNames) {
        var where =
                new StringBuilder(
                        "EXISTS (SELECT FROM pg_catalog.pg_show_all_settings()"
                                + " WHERE source = 'session'"
                                + " AND name NOT IN ('role', 'session_authorization'");
        for (int i = 0; i < on.parameters().size(); i++) {
            where.append(", ").append(quoted(on.parameters().name(i)));
        }
        where.append("))");
        for (String name : customNames) {
            where.append(" OR pg_catalog.current_setting(").append(quoted(name));
            where.append(", true) <> ''");
        }
        return where.toString();
    }

    private void trace(int trace, String where) {
        begin();
        sql.append("'t', '").append(trace).append("', '' WHERE ").append(where);
    }

    private void begin() {
        sql.append(sql.isEmpty() ? "SELECT " : " UNION ALL SELECT ");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String text(List<@Nullable String> row, int column) {
        return Objects.requireNonNullElse(row.get(column), "");
    }
}
