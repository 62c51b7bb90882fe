package dev.pointsman.admin.command;

import dev.pointsman.admin.rows.Column;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What SHOW can show: its columns in order and one line of help. Views that PgBouncer has as well
/// have its columns in its order (those of 1.18, then those of later versions); ours come behind.
public enum View {
    ACTIVE_SOCKETS("as SOCKETS, of connections that are doing something", Columns.SOCKETS),
    CLIENTS("client connections, one row each", Columns.CLIENTS),
    CONFIG("the settings in force", "key value default changeable"),
    CUTOVER(
            "the cutover in progress, if there is one",
            "id:int8 database source target epoch:int8 started:timestamptz phase"
                    + " since:timestamptz at_ms:numeric dry_run:bool operator client_addr"),
    CUTOVERS(
            "the reports of all cutovers, the newest first",
            "id:int8 database source target epoch:int8 started:timestamptz phase outcome"
                    + " pause_ms:numeric longest_hold_ms:numeric clients:int8 held:int8"
                    + " transactions_failed:int8 dry_run:bool operator client_addr warnings"
                    + " message longest_wait_ms:numeric median_wait_ms:numeric"),
    DATABASES(
            "databases, one row for each of their servers, the serving one first",
            "name host port:int4 database force_user pool_size:int4 min_pool_size:int4"
                    + " reserve_pool:int4 pool_mode max_connections:int4 current_connections:int4"
                    + " paused:int4 disabled:int4 reserve_pool_size:int4 server_lifetime:int4"
                    + " load_balance_hosts max_client_connections:int4"
                    + " current_client_connections:int4 server serving:bool"),
    DNS_HOSTS(
            "host names of servers, their addresses and for how many seconds these still count",
            "hostname ttl:int8 addrs"),
    DNS_ZONES(
            "empty: zones are not watched, names are looked up anew",
            "zonename serial:int8 count:int4"),
    FDS(
            "empty: sockets are not handed over to another process",
            "fd:int4 task user database addr port:int4 cancel:int8 link:int4 client_encoding"
                    + " std_strings datestyle timezone password scram_client_key"
                    + " scram_server_key"),
    GRANTS(
            "the SQL that gives the control role the rights it needs, for each server",
            "database server sql"),
    HELP("this list", "command effect"),
    LISTS("how many there are of each kind of thing", "list items:int4"),
    MEM(
            "memory of the process by area, in bytes",
            "name size:int8 used:int8 free:int8 memtotal:int8"),
    MIGRATION(
            "the migration of each database",
            "database source target state tables:int4 tables_ready:int4 lag_bytes:int8"
                    + " lag_ms:numeric eta_seconds:int8 waiting_for reverse source_version"
                    + " target_version message"),
    PEERS("empty: there are no peers", "peer_id:int4 host port:int4 pool_size:int4"),
    PEER_POOLS(
            "empty: there are no peers",
            "peer_id:int4 cl_active_cancel_req:int4 cl_waiting_cancel_req:int4"
                    + " sv_active_cancel:int4 sv_login:int4"),
    POOLS(
            "pools: one row per database, user and server",
            "database user cl_active:int4 cl_waiting:int4 cl_active_cancel_req:int4"
                    + " cl_waiting_cancel_req:int4 sv_active:int4 sv_active_cancel:int4"
                    + " sv_being_canceled:int4 sv_idle:int4 sv_used:int4 sv_tested:int4"
                    + " sv_login:int4 maxwait:int4 maxwait_us:int4 pool_mode load_balance_hosts"
                    + " server"),
    ROUTES(
            "per database: the serving server, its epoch, the state and since when",
            "database server epoch:int8 state since:timestamptz"),
    SERVERS("server connections, one row each", Columns.SERVERS),
    SOCKETS("CLIENTS and SERVERS together", Columns.SOCKETS),
    STATE("whether everything is active, paused or suspended", "key value"),
    STATS(
            "traffic per database since the start, and averages per second; times in microseconds",
            "database "
                    + Columns.numeric("total_", Columns.COUNTS + " received sent " + Columns.TIMES)
                    + " "
                    + Columns.numeric("avg_", Columns.COUNTS + " recv sent " + Columns.TIMES)
                    + " "
                    + Columns.numeric("total_", Columns.NEWER)
                    + " "
                    + Columns.numeric("avg_", Columns.NEWER)),
    STATS_AVERAGES(
            "the averages of STATS",
            "database "
                    + Columns.numeric("", Columns.STATS)
                    + " "
                    + Columns.numeric("avg_", Columns.NEWER)),
    STATS_TOTALS(
            "the totals of STATS",
            "database "
                    + Columns.numeric("", Columns.STATS)
                    + " "
                    + Columns.numeric("", Columns.NEWER)),
    TABLES(
            "the tables of a migration",
            "database table state rows_estimated:int8 bytes:int8 copied_bytes:int8"),
    TOTALS("STATS over all databases, one row per figure", "name value:numeric"),
    USERS(
            "users of the configuration",
            "name pool_mode pool_size:int4 reserve_pool_size:int4 max_user_connections:int4"
                    + " current_connections:int4 max_user_client_connections:int4"
                    + " current_client_connections:int4"),
    VERSION("the version of this program", "version"),
    WHY(
            "which record decides who serves, and what is unfinished",
            "database found_in epoch:int8 kind server decides:bool unfinished");

    private final String effect;
    private final String columns;

    View(String effect, String columns) {
        this.effect = effect;
        this.columns = columns;
    }

    public String effect() {
        return effect;
    }

    public List<Column> columns() {
        return Column.list(columns);
    }

    /// True where `SHOW … name` may narrow the view to one database.
    public boolean takesDatabase() {
        return switch (this) {
            case CUTOVER, CUTOVERS, GRANTS, MIGRATION, ROUTES, TABLES, WHY -> true;
            case ACTIVE_SOCKETS,
                    CLIENTS,
                    CONFIG,
                    DATABASES,
                    DNS_HOSTS,
                    DNS_ZONES,
                    FDS,
                    HELP,
                    LISTS,
                    MEM,
                    PEERS,
                    PEER_POOLS,
                    POOLS,
                    SERVERS,
                    SOCKETS,
                    STATE,
                    STATS,
                    STATS_AVERAGES,
                    STATS_TOTALS,
                    TOTALS,
                    USERS,
                    VERSION ->
                    false;
        };
    }

    /// As typed in a command.
    public String word() {
        return name();
    }

    public static Optional<View> of(String word) {
        return Arrays.stream(values())
                .filter(view -> view.name().equals(word.toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    /// Column lists that several views share.
    private static final class Columns {
        private static final String CONNECTION =
                "type user database state addr port:int4 local_addr local_port:int4"
                        + " connect_time:timestamptz request_time:timestamptz wait:int4"
                        + " wait_us:int4 close_needed:int4 ptr link remote_pid:int4 tls"
                        + " application_name";
        private static final String CONNECTION_NEWER =
                " replication prepared_statements:int4 id:int8";
        static final String CLIENTS = CONNECTION + CONNECTION_NEWER + " server obstacle pinned";
        static final String SERVERS = CONNECTION + CONNECTION_NEWER + " server epoch:int8";
        static final String SOCKETS =
                CONNECTION
                        + " recv_pos:int4 pkt_pos:int4 pkt_remain:int4 send_pos:int4"
                        + " send_remain:int4 pkt_avail:int4 send_avail:int4"
                        + CONNECTION_NEWER
                        + " server";
        static final String COUNTS = "xact_count query_count";
        static final String TIMES = "xact_time query_time wait_time";
        static final String STATS = COUNTS + " bytes_received bytes_sent " + TIMES;
        static final String NEWER =
                "server_assignment_count client_parse_count server_parse_count bind_count"
                        + " client_login_count";

        private Columns() {}

        static String numeric(String prefix, String names) {
            return prefix + names.replace(" ", ":numeric " + prefix) + ":numeric";
        }
    }
}
