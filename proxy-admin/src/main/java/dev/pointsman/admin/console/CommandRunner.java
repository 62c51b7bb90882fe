package dev.pointsman.admin.console;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.AdminCommand;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.parse.CommandParser;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.config.Admin.Role;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Locale;
import java.util.function.Function;

/// Understands and carries out the commands of one console session: checks the role, writes the
/// audit log, and turns whatever goes wrong into an error for the operator. On the session's
/// thread.
final class CommandRunner {
    private static final Logger log = LoggerFactory.getLogger(CommandRunner.class);

    private final Function<AdminCommand, Action> actions;
    private final AuditLog audit;
    private final Caller caller;

    CommandRunner(Function<AdminCommand, Action> actions, AuditLog audit, Caller caller) {
        this.actions = actions;
        this.audit = audit;
        this.caller = caller;
    }

    /// What the statement means, when this operator may run it.
    Prepared prepare(CommandParser.Statement statement) throws Refused {
        try {
            var command = statement.parse();
            check(command);
            return new Prepared.Ready(shown(statement, command), command, actions.apply(command));
        } catch (Refused refused) {
            audit.write(caller.operator(), statement.text(), refused.report().sqlState().code());
            throw refused;
        }
    }

    /// The text for the audit log: a value that may be a password is not written down.
    private static String shown(CommandParser.Statement statement, AdminCommand command) {
        return command instanceof AdminCommand.SetKey(var name, var _)
                        && name.toLowerCase(Locale.ROOT).contains("password")
                ? "SET " + name + " = ********"
                : statement.text();
    }

    private void check(AdminCommand command) throws Refused {
        boolean allowed =
                switch (caller.operator().role()) {
                    case ADMIN -> true;
                    case STATS -> command instanceof AdminCommand.Harmless;
                };
        if (!allowed) {
            throw new Refused(
                    SqlState.INSUFFICIENT_PRIVILEGE,
                    "user " + caller.operator().name() + " has the role stats and may only SHOW",
                    "Log in as an admin user with the role "
                            + Role.ADMIN.name().toLowerCase(Locale.ROOT)
                            + ".");
        }
    }

    Rows run(Prepared.Ready ready) throws Refused {
        try {
            var rows = ready.action().run(caller);
            record(ready, "ok");
            return rows;
        } catch (Refused refused) {
            record(ready, refused.report().sqlState().code());
            throw refused;
        } catch (InterruptedException _) {
            record(ready, SqlState.QUERY_CANCELED.code());
            throw new Refused(
                    ErrorReport.error(
                            SqlState.QUERY_CANCELED, "the command was cancelled and undone"));
        } catch (RuntimeException fault) {
            log.atError()
                    .setCause(fault)
                    .addKeyValue("command", ready.text())
                    .log("console command failed");
            record(ready, SqlState.INTERNAL_ERROR.code());
            throw new Refused(
                    SqlState.INTERNAL_ERROR,
                    "the command met a fault of the proxy's own: " + fault,
                    "The proxy's log has the details; SHOW ROUTES and SHOW WHY say what stands.");
        }
    }

    /// Statements that drivers send of their own accord are no commands of the operator.
    private void record(Prepared.Ready ready, String result) {
        switch (ready.command()) {
            case AdminCommand.ShowSetting _,
                    AdminCommand.Constant _,
                    AdminCommand.SetSession _,
                    AdminCommand.Transaction _,
                    AdminCommand.Tidy _ -> {}
            default -> audit.write(caller.operator(), ready.text(), result);
        }
    }
}
