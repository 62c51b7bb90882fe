package dev.pointsman.admin;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.AdminCommand;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.Patience;
import dev.pointsman.admin.command.Scope;
import dev.pointsman.admin.command.move.CancelCutover;
import dev.pointsman.admin.command.move.Check;
import dev.pointsman.admin.command.move.Cutover;
import dev.pointsman.admin.command.move.Cutover.Course;
import dev.pointsman.admin.command.move.Migrate;
import dev.pointsman.admin.command.move.Repair;
import dev.pointsman.admin.command.move.Verify;
import dev.pointsman.admin.command.operate.Closures;
import dev.pointsman.admin.command.operate.Closures.Kind;
import dev.pointsman.admin.command.operate.DriverStatement;
import dev.pointsman.admin.command.operate.Kill;
import dev.pointsman.admin.command.operate.Pause;
import dev.pointsman.admin.command.operate.Reconnect;
import dev.pointsman.admin.command.operate.Resume;
import dev.pointsman.admin.command.operate.Shutdown;
import dev.pointsman.admin.command.operate.WaitClose;
import dev.pointsman.admin.command.parse.SessionStatements;
import dev.pointsman.admin.command.show.Show;
import dev.pointsman.admin.command.tune.Admission;
import dev.pointsman.admin.command.tune.Reload;
import dev.pointsman.admin.command.tune.SetKey;

import java.util.List;

/// From a command to the action that carries it out.
final class Commands {
    private static final List<Kind> ENDED_BY_RESUME = List.of(Kind.PAUSE, Kind.SUSPEND, Kind.KILL);

    private final Controls controls;
    private final Closures closures;

    Commands(Controls controls, Closures closures) {
        this.controls = controls;
        this.closures = closures;
    }

    Action action(AdminCommand command) {
        return switch (command) {
            case AdminCommand.Harmless harmless -> harmless(harmless);
            case AdminCommand.Pause(var scope, var patience) ->
                    new Pause(controls, closures, Kind.PAUSE, scope, patience);
            case AdminCommand.MaintenanceOn(var scope, var patience) ->
                    new Pause(controls, closures, Kind.MAINTENANCE, scope, patience);
            case AdminCommand.Resume(var scope) ->
                    new Resume(controls, closures, ENDED_BY_RESUME, scope, "RESUME");
            case AdminCommand.MaintenanceOff(var scope) ->
                    new Resume(controls, closures, List.of(Kind.MAINTENANCE), scope, "MAINTENANCE");
            case AdminCommand.Reconnect(var scope) -> new Reconnect(controls, scope);
            case AdminCommand.WaitClose(var scope) -> new WaitClose(controls, scope);
            case AdminCommand.Kill(var database) ->
                    new Kill.OfDatabase(controls, closures, database);
            case AdminCommand.KillClient(var id) -> new Kill.OfClient(controls, id);
            case AdminCommand.Shutdown(var how) -> new Shutdown(controls, how);
            case AdminCommand.Check(var database, var server) ->
                    new Check(controls, database, server);
            case AdminCommand.MigrateStart(var database, var server, var accepted) ->
                    new Migrate.Start(controls, database, server, accepted);
            case AdminCommand.MigratePlan(var database, var server) ->
                    new Migrate.Plan(controls, database, server);
            case AdminCommand.MigrateAbort(var database) -> new Migrate.Abort(controls, database);
            case AdminCommand.MigrateComplete(var database) ->
                    new Migrate.Complete(controls, database);
            case AdminCommand.CutoverTo(var databases, var server, var options) ->
                    new Cutover(controls, databases, new Course.To(server), options);
            case AdminCommand.CutoverBack(var databases, var ignoringStrays, var options) ->
                    new Cutover(controls, databases, new Course.Back(ignoringStrays), options);
            case AdminCommand.CutoverCancel(var database) -> new CancelCutover(controls, database);
            case AdminCommand.Repair(var database, var dryRun) ->
                    new Repair(controls, database, dryRun);
            case AdminCommand.RepairSql(var database) -> new Repair.Sql(controls, database);
            case AdminCommand.Disable(var database) -> new Admission(controls, database, false);
            case AdminCommand.Enable(var database) -> new Admission(controls, database, true);
            case AdminCommand.Reload() -> new Reload(controls);
            case AdminCommand.SetKey(var name, var value) -> new SetKey(controls, name, value);
            case AdminCommand.Suspend() ->
                    new Pause(
                            controls, closures, Kind.SUSPEND, Scope.ALL, new Patience.Unlimited());
            case AdminCommand.Verify(var database) -> new Verify(controls, database);
        };
    }

    private Action harmless(AdminCommand.Harmless command) {
        return switch (command) {
            case AdminCommand.Show(var view, var scope) ->
                    new Show(controls, closures, view, scope);
            case AdminCommand.ShowSetting(var name) ->
                    DriverStatement.setting(name, SessionStatements.valueOf(name));
            case AdminCommand.Constant(var column, var value) ->
                    DriverStatement.constant(column, value);
            case AdminCommand.SetSession _ -> new DriverStatement.Done("SET");
            case AdminCommand.Transaction(var boundary) ->
                    new DriverStatement.Done(boundary.name());
            case AdminCommand.Tidy(var tag) -> new DriverStatement.Done(tag);
        };
    }
}
