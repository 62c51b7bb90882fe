package dev.pointsman.admin.command;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/// A command of the console, understood but not yet checked against the configuration: names of
/// databases and servers are as typed. `docs/reference/commands.md` describes each.
public sealed interface AdminCommand {

    /// What a user of role `stats` may run as well: it changes nothing.
    sealed interface Harmless extends AdminCommand {}

    record Show(View view, Scope scope) implements Harmless {}

    /// `SHOW client_encoding` and the like, asked by drivers.
    record ShowSetting(String name) implements Harmless {}

    /// `SELECT version()`, `SELECT 1` and the like, asked by drivers.
    record Constant(String column, String value) implements Harmless {}

    /// `SET name = value` for a parameter of the console session itself; taken and ignored.
    record SetSession(String name, String value) implements Harmless {}

    /// `BEGIN`, `COMMIT`, `ROLLBACK`, which drivers send around commands. Nothing is transactional.
    record Transaction(Boundary boundary) implements Harmless {}

    enum Boundary {
        BEGIN,
        COMMIT,
        ROLLBACK
    }

    /// `DISCARD ALL`, `DEALLOCATE ALL`, `RESET ALL`, sent by drivers' pools; nothing is to be done.
    record Tidy(String tag) implements Harmless {}

    record Pause(Scope scope, Patience patience) implements AdminCommand {}

    record Resume(Scope scope) implements AdminCommand {}

    record MaintenanceOn(Scope scope, Patience patience) implements AdminCommand {}

    record MaintenanceOff(Scope scope) implements AdminCommand {}

    record Reconnect(Scope scope) implements AdminCommand {}

    record WaitClose(Scope scope) implements AdminCommand {}

    record Kill(String database) implements AdminCommand {}

    record KillClient(long id) implements AdminCommand {}

    record Disable(String database) implements AdminCommand {}

    record Enable(String database) implements AdminCommand {}

    record Reload() implements AdminCommand {}

    record Suspend() implements AdminCommand {}

    record Shutdown(Stop stop) implements AdminCommand {}

    enum Stop {
        NOW,
        WAIT_FOR_SERVERS,
        WAIT_FOR_CLIENTS
    }

    record SetKey(String name, String value) implements AdminCommand {}

    record Check(String database, String server) implements AdminCommand {}

    record MigrateStart(String database, String server, Set<String> accepted)
            implements AdminCommand {}

    record MigratePlan(String database, String server) implements AdminCommand {}

    record MigrateAbort(String database) implements AdminCommand {}

    record MigrateComplete(String database) implements AdminCommand {}

    record CutoverTo(List<String> databases, String server, CutoverOptions options)
            implements AdminCommand {}

    record CutoverBack(List<String> databases, boolean ignoringStrays, CutoverOptions options)
            implements AdminCommand {}

    /// What may follow either direction. `maxPause` of zero is the configuration's own limit.
    record CutoverOptions(boolean dryRun, Duration maxPause, Set<String> accepted) {}

    record CutoverCancel(String database) implements AdminCommand {}

    record Repair(String database, boolean dryRun) implements AdminCommand {}

    /// Prints the SQL that undoes the fence without this program.
    record RepairSql(String database) implements AdminCommand {}

    record Verify(String database) implements AdminCommand {}
}
