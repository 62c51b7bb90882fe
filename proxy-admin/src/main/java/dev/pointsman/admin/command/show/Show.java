package dev.pointsman.admin.command.show;

import dev.pointsman.admin.command.Action;
import dev.pointsman.admin.command.Caller;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.command.Scope;
import dev.pointsman.admin.command.View;
import dev.pointsman.admin.command.operate.Closures;
import dev.pointsman.admin.command.operate.Selection;
import dev.pointsman.admin.rows.Column;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.wire.Refused;

import java.util.List;

/// `SHOW view`: the rows of that view as things are now.
public record Show(Controls controls, Closures closures, View view, Scope scope) implements Action {
    private static final String TAG = "SHOW";

    @Override
    public List<Column> columns() {
        return view.columns();
    }

    @Override
    public Rows run(Caller caller) throws Refused {
        var databases = new Selection(controls).of(scope);
        var rows = Rows.under(columns());
        switch (view) {
            case CLIENTS -> new TrafficViews(controls).clients(rows);
            case SERVERS -> new TrafficViews(controls).servers(rows);
            case SOCKETS -> new TrafficViews(controls).sockets(rows, false);
            case ACTIVE_SOCKETS -> new TrafficViews(controls).sockets(rows, true);
            case POOLS -> new TrafficViews(controls).pools(rows);
            case STATS -> new StatsViews(controls).stats(rows);
            case STATS_TOTALS -> new StatsViews(controls).totals(rows);
            case STATS_AVERAGES -> new StatsViews(controls).averages(rows);
            case TOTALS -> new StatsViews(controls).overall(rows);
            case CONFIG -> new SettingsViews(controls).config(rows);
            case DATABASES -> new SettingsViews(controls).databases(rows);
            case USERS -> new SettingsViews(controls).users(rows);
            case LISTS -> new ProcessViews(controls).lists(rows);
            case STATE -> new ProcessViews(controls).state(rows);
            case MEM -> ProcessViews.memory(rows);
            case VERSION -> ProcessViews.version(rows);
            case HELP -> ProcessViews.help(rows);
            case ROUTES -> new RouteViews(controls, closures).routes(rows, databases);
            case CUTOVER -> new CutoverViews(controls).running(rows, databases);
            case CUTOVERS -> new CutoverViews(controls).reports(rows, databases);
            case WHY -> new CutoverViews(controls).why(rows, databases);
            case MIGRATION -> new MigrationViews(controls).status(rows, databases);
            case GRANTS -> new MigrationViews(controls).grants(rows, databases);
            case TABLES -> new MigrationViews(controls).tables(rows, databases);
            case DNS_HOSTS -> new ProcessViews(controls).names(rows);
            case DNS_ZONES, FDS, PEERS, PEER_POOLS -> {}
        }
        return rows.build(TAG);
    }
}
