package dev.pointsman.admin.command;

/// Every form of a command, with one line on what it does: what SHOW HELP prints and what the
/// reference documents.
public enum Grammar {
    SHOW("SHOW view", "shows a view; SELECT view is the same"),
    PAUSE(
            "PAUSE [db] [WITHIN 500ms]",
            "holds new transactions, answers once the running ones have ended, stays until RESUME"),
    RESUME("RESUME [db]", "ends PAUSE, SUSPEND or KILL"),
    MAINTENANCE_ON(
            "MAINTENANCE ON [db] [WITHIN 500ms]",
            "PAUSE that closes no server connection; stays until MAINTENANCE OFF"),
    MAINTENANCE_OFF("MAINTENANCE OFF [db]", "ends MAINTENANCE ON"),
    RECONNECT(
            "RECONNECT [db]",
            "replaces server connections: idle ones now, the others when they come back"),
    WAIT_CLOSE("WAIT_CLOSE [db]", "answers once the connections that RECONNECT marked are closed"),
    KILL("KILL db", "ends the clients of a database at once and pauses it"),
    KILL_CLIENT("KILL_CLIENT id", "ends one client, by its id in SHOW CLIENTS"),
    DISABLE("DISABLE db", "refuses new clients of a database; those who are there go on"),
    ENABLE("ENABLE db", "ends DISABLE"),
    RELOAD(
            "RELOAD",
            "takes the configuration file over as it is now: all of it, or nothing and says why"),
    SUSPEND(
            "SUSPEND",
            "PAUSE of all databases that closes no server connection and answers once clients have"
                    + " taken all that was sent to them; stays until RESUME"),
    SHUTDOWN(
            "SHUTDOWN [WAIT_FOR_SERVERS|WAIT_FOR_CLIENTS]",
            "stops the proxy: at once, when transactions have ended, or when clients have left"),
    SET(
            "SET key = value",
            "changes a setting of SHOW CONFIG until the next RELOAD; parameters of the session are"
                    + " taken and ignored"),
    CHECK("CHECK db TO server", "runs the preflight checks: one row each"),
    MIGRATE_START(
            "MIGRATE db TO server [START] [ACCEPT id, ...]", "sets up and starts the replication"),
    MIGRATE_DRY_RUN("MIGRATE db TO server DRY RUN", "prints the SQL that START would run"),
    MIGRATE_ABORT("MIGRATE db ABORT", "undoes a migration; nothing of ours stays behind"),
    MIGRATE_COMPLETE(
            "MIGRATE db COMPLETE", "finishes a switched migration and gives up the way back"),
    CUTOVER_TO(
            "CUTOVER db[, db ...] TO server [DRY RUN] [MAX PAUSE 100ms] [ACCEPT id, ...]",
            "switches to the other server: one row a phase"),
    CUTOVER_BACK(
            "CUTOVER db BACK [IGNORING STRAYS] [DRY RUN] [MAX PAUSE 100ms] [ACCEPT id, ...]",
            "switches back to where the last cutover came from"),
    CUTOVER_CANCEL("CUTOVER db CANCEL", "gives up the cutover in progress, unless it is decided"),
    REPAIR("REPAIR db [DRY RUN]", "finishes or undoes what an interrupted cutover left"),
    REPAIR_SQL("REPAIR db PRINT SQL", "prints the SQL that undoes the fence without this program"),
    VERIFY(
            "VERIFY db",
            "compares the tables of a migration on both servers: one row a table, while clients go"
                    + " on");

    private final String syntax;
    private final String effect;

    Grammar(String syntax, String effect) {
        this.syntax = syntax;
        this.effect = effect;
    }

    public String syntax() {
        return syntax;
    }

    public String effect() {
        return effect;
    }
}
