package dev.pointsman.core.config.key;

/// Every key below a database's name but its limits, which [LimitKey] lists.
public enum DatabaseKey implements Setting {
    DATABASE("databases.*", "section", "(required)", "One database."),
    POOL("databases.*.pool", "section", "", "How server connections are lent."),
    POOL_MODE(
            "databases.*.pool.mode",
            "session | transaction",
            "session",
            "Until the client leaves, or for one transaction."),
    POOL_USER(
            "databases.*.user",
            "text",
            "(each client as itself)",
            "One of `users`: as whom all clients go to the servers, whoever they are; a change"
                    + " counts for clients that come later."),
    POOL_SIZE(
            "databases.*.pool.size",
            "number",
            "(default_pool_size)",
            "Server connections per server, database and user, over all event loops."),
    POOL_MAX_PINNED(
            "databases.*.pool.max_pinned",
            "number",
            "(half of size)",
            "In transaction mode: how many of them may stay with one client each, because it has"
                    + " left something there."),
    POOL_FOLLOW(
            "databases.*.pool.follow",
            "list",
            "(none)",
            "In transaction mode: settings that follow their client from one server connection to"
                    + " the next, besides those that the server reports."),
    SERVE(
            "databases.*.serve",
            "text",
            "(the only server)",
            "The server that serves; counts only while no server carries a record of ours."),
    CONTROL(
            "databases.*.control",
            "section",
            "(required)",
            "The role that migrations and cutovers use."),
    CONTROL_USER("databases.*.control.user", "text", "(required)", "Its name."),
    CONTROL_PASSWORD(
            "databases.*.control.password", "password", "(none)", "Its password, in clear."),
    CONTROL_MAINTENANCE(
            "databases.*.control.maintenance_db",
            "text",
            "postgres",
            "A database that stays open to the role while the fence is up."),
    SERVERS("databases.*.servers", "names", "(required)", "The servers it may live on."),
    SERVER("databases.*.servers.*", "section", "(required)", "One server."),
    SERVER_HOST(
            "databases.*.servers.*.host",
            "text",
            "(required)",
            "Its address, for the proxy, or the folder of its Unix-domain socket; or several with"
                    + " commas between, or a list, of the same server, which are tried in this"
                    + " order."),
    SERVER_PORT("databases.*.servers.*.port", "port", "5432", "Its port."),
    SERVER_DBNAME(
            "databases.*.servers.*.dbname",
            "text",
            "(the database's name)",
            "The database's name there."),
    SERVER_SSLMODE(
            "databases.*.servers.*.sslmode",
            "disable | allow | prefer | require | verify-ca | verify-full",
            "prefer",
            "Encryption towards the server, for client traffic and control connections, as libpq"
                    + " understands it; `verify-full` where `sslrootcert` is `system`."),
    SERVER_SSLNEGOTIATION(
            "databases.*.servers.*.sslnegotiation",
            "postgres | direct",
            "postgres",
            "`direct` begins with TLS at once: PostgreSQL 17 and later, and `sslmode` from"
                    + " `require` up."),
    SERVER_CHANNEL_BINDING(
            "databases.*.servers.*.channel_binding",
            "disable | prefer | require",
            "prefer",
            "Whether SCRAM logins are tied to the TLS connection (SCRAM-SHA-256-PLUS)."),
    SERVER_SSLROOTCERT(
            "databases.*.servers.*.sslrootcert",
            "path | system",
            "(none)",
            "CA certificates that the server's must come from, in PEM; `system`: those that the"
                    + " Java runtime trusts. With a file, `require` verifies as `verify-ca` does."),
    SERVER_SSLCERT(
            "databases.*.servers.*.sslcert",
            "path",
            "(none)",
            "Certificate to show to the server, in PEM, with those between it and its CA."),
    SERVER_SSLKEY(
            "databases.*.servers.*.sslkey",
            "path",
            "(none)",
            "The certificate's private key, in PEM, without a password."),
    SERVER_CONTROL(
            "databases.*.servers.*.control",
            "section",
            "(the database's)",
            "The control role of this server, over the database's."),
    SERVER_CONTROL_USER(
            "databases.*.servers.*.control.user", "text", "(the database's)", "Its name."),
    SERVER_CONTROL_PASSWORD(
            "databases.*.servers.*.control.password",
            "password",
            "(the database's, unless user is given)",
            "Its password, in clear."),
    SERVER_CONTROL_MAINTENANCE(
            "databases.*.servers.*.control.maintenance_db",
            "text",
            "(the database's)",
            "A database that stays open to the role while the fence is up."),
    SERVER_USERS(
            "databases.*.servers.*.users",
            "names",
            "(none)",
            "Passwords that differ on this server."),
    SERVER_USER(
            "databases.*.servers.*.users.*",
            "password or section",
            "(the global one)",
            "One user of `users`: a password alone, or a section."),
    SERVER_USER_PASSWORD(
            "databases.*.servers.*.users.*.password",
            "password",
            "(the global one)",
            "Proves the proxy to this server."),
    PEER(
            "databases.*.servers.*.peer",
            "section",
            "(host and port of the server)",
            "How the other server reaches this one, for replication."),
    PEER_HOST(
            "databases.*.servers.*.peer.host",
            "text",
            "(the server's)",
            "Address for the other server."),
    PEER_PORT(
            "databases.*.servers.*.peer.port",
            "port",
            "(the server's)",
            "Port for the other server."),
    PEER_SSLMODE(
            "databases.*.servers.*.peer.sslmode",
            "disable | allow | prefer | require | verify-ca | verify-full",
            "prefer",
            "Encryption between the servers, as the other server's libpq understands it."),
    PEER_SSLNEGOTIATION(
            "databases.*.servers.*.peer.sslnegotiation",
            "postgres | direct",
            "postgres",
            "As the server's; `direct` takes 17 or later on both servers."),
    PEER_CHANNEL_BINDING(
            "databases.*.servers.*.peer.channel_binding",
            "disable | prefer | require",
            "prefer",
            "As the server's."),
    PEER_SSLROOTCERT(
            "databases.*.servers.*.peer.sslrootcert",
            "text",
            "(none)",
            "CA certificates: a path on the other server's machine, or `system` (16 and later"
                    + " there)."),
    PEER_SSLCERT(
            "databases.*.servers.*.peer.sslcert",
            "text",
            "(none)",
            "Certificate to show: a path on the other server's machine."),
    PEER_SSLKEY(
            "databases.*.servers.*.peer.sslkey",
            "text",
            "(none)",
            "Its private key: a path on the other server's machine."),
    CUTOVER("databases.*.cutover", "section", "", "How a cutover behaves."),
    CUTOVER_CALM_TIMEOUT(
            "databases.*.cutover.calm_timeout",
            "duration",
            "30s",
            "How long to look for a moment without long transactions before the hold."),
    CUTOVER_DRAIN_TIMEOUT(
            "databases.*.cutover.drain_timeout",
            "duration",
            "500ms",
            "How long transactions inside may take to end; shorter than `hold_limit`."),
    CUTOVER_HOLD_LIMIT(
            "databases.*.cutover.hold_limit",
            "duration",
            "2s",
            "How long clients are held at most before the outcome is decided."),
    CUTOVER_STRAGGLERS(
            "databases.*.cutover.stragglers",
            "abort | cancel | wait",
            "abort",
            "What becomes of transactions still inside after `drain_timeout`."),
    CUTOVER_ATTEMPTS(
            "databases.*.cutover.attempts",
            "number",
            "3",
            "How often to try when stragglers are in the way."),
    CUTOVER_ATTEMPT_PAUSE(
            "databases.*.cutover.attempt_pause", "duration", "10s", "Time between two attempts."),
    CUTOVER_FENCE(
            "databases.*.cutover.fence",
            "on | off",
            "on",
            "Whether others are kept from logging in to the source."),
    CUTOVER_STRANGERS(
            "databases.*.cutover.strangers",
            "refuse | terminate | tolerate",
            "refuse",
            "What becomes of sessions on the source that are not ours."),
    CUTOVER_IGNORE_STRANGERS(
            "databases.*.cutover.ignore_strangers",
            "list",
            "(none)",
            "Sessions that do not count as strangers."),
    CUTOVER_IGNORE_STRANGERS_USER(
            "databases.*.cutover.ignore_strangers.*.user", "text", "(required)", "Their user."),
    CUTOVER_SEQUENCES(
            "databases.*.cutover.sequences",
            "exact | gap",
            "exact",
            "Whether sequences go on exactly where they stood, or beyond a gap."),
    CUTOVER_MAX_LAG(
            "databases.*.cutover.max_lag",
            "size",
            "1MiB",
            "How far the target may be behind for a cutover to begin."),
    DATABASE_LIMITS(
            "databases.*.limits", "section", "", "Limits of this database, over the global.");

    private final String path;
    private final String type;
    private final String fallback;
    private final String about;

    DatabaseKey(String path, String type, String fallback, String about) {
        this.path = path;
        this.type = type;
        this.fallback = fallback;
        this.about = about;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public String fallback() {
        return fallback;
    }

    @Override
    public String about() {
        return about;
    }
}
