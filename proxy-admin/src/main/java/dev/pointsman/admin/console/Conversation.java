package dev.pointsman.admin.console;

import dev.pointsman.admin.command.AdminCommand;
import dev.pointsman.admin.command.AdminCommand.Boundary;
import dev.pointsman.admin.command.parse.CommandParser;
import dev.pointsman.admin.console.link.Inbox;
import dev.pointsman.admin.console.link.Incoming;
import dev.pointsman.admin.console.link.Outbox;
import dev.pointsman.admin.console.link.Request;
import dev.pointsman.admin.console.link.ResultWriter;
import dev.pointsman.admin.console.link.ResultWriter.Formats;
import dev.pointsman.admin.rows.Column;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.Replies;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A console session after its login: the simple and the extended query protocol, message by
/// message, on the session's thread.
final class Conversation {
    private static final int NAMED_MAX = 1_000;

    private final Inbox inbox;
    private final Outbox out;
    private final CommandRunner runner;
    private final Map<String, Prepared> statements = new HashMap<>();
    private final Map<String, Portal> portals = new HashMap<>();
    private TransactionStatus status = TransactionStatus.IDLE;
    private boolean skipping;

    Conversation(Inbox inbox, Outbox out, CommandRunner runner) {
        this.inbox = inbox;
        this.out = out;
        this.runner = runner;
    }

    /// Until the client takes its leave or is lost.
    void run() throws InterruptedException {
        boolean on = true;
        while (on) {
            on =
                    switch (inbox.take()) {
                        case Incoming.Message message -> take(message);
                        case Incoming.Packet _ -> end(violation("a second start-up packet"));
                        case Incoming.Broken(var report) -> end(report);
                        case Incoming.Gone() -> false;
                    };
        }
    }

    private static ErrorReport violation(String what) {
        return new ProtocolViolation(what).report();
    }

    private boolean end(ErrorReport report) throws InterruptedException {
        out.add(buffer -> Replies.report(buffer, report));
        out.flush();
        return false;
    }

    private boolean take(Incoming.Message message) throws InterruptedException {
        try {
            return answer(Request.of(message));
        } catch (ProtocolViolation violation) {
            return end(violation.report());
        }
    }

    private boolean answer(Request request) throws InterruptedException {
        switch (request) {
            case Request.Terminate() -> {
                return false;
            }
            case Request.Sync() -> {
                skipping = false;
                if (status == TransactionStatus.IDLE) {
                    portals.clear();
                }
                ready();
            }
            case Request.Query(var sql) -> {
                skipping = false;
                query(sql);
                ready();
            }
            case Request.Flush() -> out.flush();
            case Request.Parse _,
                    Request.Bind _,
                    Request.Describe _,
                    Request.Execute _,
                    Request.Close _,
                    Request.Unsupported _ -> {
                if (!skipping) {
                    extended(request);
                }
            }
        }
        return true;
    }

    private void ready() throws InterruptedException {
        out.add(buffer -> Replies.readyForQuery(buffer, status));
        out.flush();
    }

    private void query(String sql) throws InterruptedException {
        try {
            var parts = CommandParser.split(sql);
            if (parts.isEmpty()) {
                out.add(Replies::emptyQueryResponse);
            }
            for (var part : parts) {
                if (runner.prepare(part) instanceof Prepared.Ready ready) {
                    var rows = run(ready);
                    if (!rows.columns().isEmpty()) {
                        describe(rows.columns(), Formats.TEXT);
                    }
                    new Portal(ready, Formats.TEXT).send(rows, 0);
                }
            }
        } catch (Refused refused) {
            error(refused);
        }
    }

    private void error(Refused refused) throws InterruptedException {
        out.add(buffer -> Replies.report(buffer, refused.report()));
    }

    private void describe(List<Column> columns, Formats formats) throws InterruptedException {
        out.add(buffer -> ResultWriter.description(buffer, columns, formats));
    }

    /// What was answered so far goes out first, so that notices come in their place.
    private Rows run(Prepared.Ready ready) throws Refused, InterruptedException {
        out.flush();
        var rows = runner.run(ready);
        if (ready.command() instanceof AdminCommand.Transaction(var boundary)) {
            status = boundary == Boundary.BEGIN ? TransactionStatus.OPEN : TransactionStatus.IDLE;
        }
        return rows;
    }

    private void extended(Request request) throws InterruptedException {
        try {
            switch (request) {
                case Request.Parse parse -> parse(parse);
                case Request.Bind bind -> bind(bind);
                case Request.Describe(var ofStatement, var name) -> describe(ofStatement, name);
                case Request.Execute(var name, var rowsMax) -> portal(name).execute(rowsMax);
                case Request.Close(var ofStatement, var name) -> {
                    if (ofStatement) {
                        statements.remove(name);
                    } else {
                        portals.remove(name);
                    }
                    out.add(Replies::closeComplete);
                }
                case Request.Unsupported(var what) ->
                        throw refuse(SqlState.FEATURE_NOT_SUPPORTED, "the console has no " + what);
                case Request.Query _, Request.Sync _, Request.Flush _, Request.Terminate _ ->
                        throw new IllegalStateException("no part of a pipeline: " + request);
            }
        } catch (Refused refused) {
            skipping = true;
            error(refused);
        }
    }

    private static Refused refuse(SqlState state, String message) {
        return new Refused(ErrorReport.error(state, message));
    }

    private void parse(Request.Parse parse) throws Refused, InterruptedException {
        var parts = CommandParser.split(parse.sql());
        if (parts.size() > 1) {
            throw refuse(SqlState.SYNTAX_ERROR, "a prepared statement holds one command only");
        }
        if (statements.size() >= NAMED_MAX) {
            throw refuse(SqlState.OUT_OF_MEMORY, "too many prepared statements; close some");
        }
        statements.put(
                parse.statement(),
                parts.isEmpty() ? new Prepared.Empty() : runner.prepare(parts.getFirst()));
        out.add(Replies::parseComplete);
    }

    private void bind(Request.Bind bind) throws Refused, InterruptedException {
        var prepared = statement(bind.statement());
        if (bind.parameters() > 0) {
            throw refuse(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "commands of the console take no parameters; write the value into the text");
        }
        if (!bind.formats().fit(prepared.columns().size())) {
            throw new ProtocolViolation("a Bind has formats for another number of columns");
        }
        if (portals.size() >= NAMED_MAX) {
            throw refuse(SqlState.OUT_OF_MEMORY, "too many portals; close some");
        }
        portals.put(bind.portal(), new Portal(prepared, bind.formats()));
        out.add(Replies::bindComplete);
    }

    private void describe(boolean ofStatement, String name) throws Refused, InterruptedException {
        var columns = ofStatement ? statement(name).columns() : portal(name).prepared.columns();
        var formats = ofStatement ? Formats.TEXT : portal(name).formats;
        if (ofStatement) {
            out.add(buffer -> Replies.parameterDescription(buffer, List.of()));
        }
        if (columns.isEmpty()) {
            out.add(Replies::noData);
        } else {
            describe(columns, formats);
        }
    }

    private Prepared statement(String name) throws Refused {
        var found = statements.get(name);
        if (found == null) {
            throw refuse(
                    SqlState.INVALID_SQL_STATEMENT_NAME,
                    "there is no prepared statement \"" + name + "\"");
        }
        return found;
    }

    private Portal portal(String name) throws Refused {
        var found = portals.get(name);
        if (found == null) {
            throw refuse(
                    SqlState.INVALID_SQL_STATEMENT_NAME, "there is no portal \"" + name + "\"");
        }
        return found;
    }

    /// A bound statement; its rows are kept while the client fetches them in pieces.
    private final class Portal {
        final Prepared prepared;
        final Formats formats;
        private List<Rows> result = List.of();
        private int sent;

        Portal(Prepared prepared, Formats formats) {
            this.prepared = prepared;
            this.formats = formats;
        }

        /// `rowsMax` zero is all of them.
        void execute(int rowsMax) throws Refused, InterruptedException {
            switch (prepared) {
                case Prepared.Empty() -> out.add(Replies::emptyQueryResponse);
                case Prepared.Ready ready -> {
                    if (result.isEmpty()) {
                        result = List.of(run(ready));
                    }
                    send(result.getFirst(), rowsMax);
                }
            }
        }

        void send(Rows rows, int rowsMax) throws InterruptedException {
            int end = rows.rows().size();
            if (rowsMax > 0 && end - sent > rowsMax) {
                end = sent + rowsMax;
            }
            for (var row : rows.rows().subList(sent, end)) {
                out.add(buffer -> ResultWriter.row(buffer, rows.columns(), row, formats));
            }
            sent = end;
            if (end < rows.rows().size()) {
                out.add(Replies::portalSuspended);
            } else {
                out.add(buffer -> Replies.commandComplete(buffer, rows.tag()));
            }
        }
    }
}
