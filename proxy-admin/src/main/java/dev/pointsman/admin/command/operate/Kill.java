package dev.pointsman.admin.command.operate;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.operate.Closures.Kind;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.session.EndReason;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.util.List;

/// `KILL db`: ends its clients and its idle server connections at once and holds who comes next,
/// until RESUME. `KILL_CLIENT id`: ends one client.
public sealed interface Kill extends Action {
    record OfDatabase(Controls controls, Closures closures, String typed) implements Kill {
        @Override
        public Rows run(Caller caller) throws Refused {
            var selection = new Selection(controls);
            var database = selection.database(typed);
            selection.refuseBusy(List.of(database.name()));
            closures.close(
                    controls.gates().of(database.name()), Kind.KILL, caller.operator().name());
            controls.sessions().killAll(database.name(), EndReason.KILLED).join();
            database.servers()
                    .keySet()
                    .forEach(server -> controls.pools().retire(database.name(), server));
            return Rows.done("KILL");
        }
    }

    record OfClient(Controls controls, long id) implements Kill {
        @Override
        public Rows run(Caller caller) throws Refused {
            if (!controls.sessions().kill(id)) {
                throw new Refused(
                        SqlState.UNDEFINED_OBJECT,
                        "there is no client " + id,
                        "SHOW CLIENTS has the ids in its column id.");
            }
            return Rows.done("KILL_CLIENT");
        }
    }
}
