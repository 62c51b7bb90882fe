package dev.pointsman.admin.command.operate;

import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.Scope;
import dev.pointsman.admin.command.parse.Spelling;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Finds what the names in a command mean in the configuration, and whether commands may touch it
/// now. Names match as written, or else in lower case, as unquoted names do in SQL.
public final class Selection {
    private final Controls controls;

    public Selection(Controls controls) {
        this.controls = controls;
    }

    /// The databases of a scope, in the order of the configuration.
    public List<String> of(Scope scope) throws Refused {
        return switch (scope) {
            case Scope.All() -> List.copyOf(controls.config().databases().keySet());
            case Scope.One(var typed) -> List.of(database(typed).name());
        };
    }

    public Database database(String typed) throws Refused {
        return find("database", typed, controls.config().databases());
    }

    /// One that may be moved between servers: all but those that the wildcard has opened, which
    /// have one server.
    public Database movable(String typed) throws Refused {
        var found = database(typed);
        if (found.unnamed()) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "database " + found.name() + " comes from the wildcard, which has one server",
                    "Write it into the configuration under its name, with all of its servers, then"
                            + " RELOAD.");
        }
        return found;
    }

    /// The name of a server of a database.
    public String server(Database database, String typed) throws Refused {
        return find("server of database " + database.name(), typed, database.servers()).name();
    }

    private static <V> V find(String what, String typed, Map<String, V> named) throws Refused {
        var exact = named.get(typed);
        if (exact != null) {
            return exact;
        }
        var folded = named.get(typed.toLowerCase(Locale.ROOT));
        if (folded != null) {
            return folded;
        }
        var hint =
                Spelling.nearest(typed, named.keySet())
                        .map(near -> "Did you mean " + near + "? ")
                        .orElse("");
        throw new Refused(
                SqlState.UNDEFINED_OBJECT,
                "there is no " + what + " with the name \"" + typed + "\"",
                hint + "There are: " + String.join(", ", named.keySet()) + ".");
    }

    /// While a run holds a database, only the run touches its gate and its connections.
    public void refuseBusy(Collection<String> databases) throws Refused {
        for (var database : databases) {
            if (controls.cutovers().busy(database)) {
                throw new Refused(
                        SqlState.OBJECT_IN_USE,
                        "database " + database + " is busy with " + run(database),
                        "Wait for its end (SHOW CUTOVER), or give it up with CUTOVER "
                                + database
                                + " CANCEL.");
            }
        }
    }

    private String run(String database) {
        return controls.cutovers().busyWith(database).orElse("a cutover that has just ended");
    }

    /// Holding traffic in one of several proxies proves nothing.
    public void refuseOtherInstance(Collection<String> databases) throws Refused {
        for (var database : databases) {
            var other = controls.cutovers().otherInstance(database);
            if (other.isPresent()) {
                throw new Refused(
                        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                        "another instance, "
                                + other.get()
                                + ", is alive in front of database "
                                + database,
                        "Stop the other instance first.");
            }
        }
    }

    /// What a migration leaves on the servers is what tells who serves.
    public void refuseUndecided(String database) throws Refused {
        if (controls.gates().of(database).isUndecided()) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "clients of " + database + " are held: it is not certain who serves it",
                    "SHOW WHY says what that waits for; REPAIR settles it.");
        }
    }
}
