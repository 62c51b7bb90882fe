package dev.pointsman.core.config.key;

/// Every key that a file may have but the limits, which [LimitKey] lists.
public enum Key implements Setting {
    VERSION("version", "number", "1", "Version of this format."),
    LISTEN("listen", "section", "", "Where clients connect to."),
    LISTEN_HOST("listen.host", "text", "127.0.0.1", "Address; `*` is every address."),
    LISTEN_PORT("listen.port", "port", "6432", "Port for clients."),
    LISTEN_TLS("listen.tls", "section", "", "Encryption towards clients."),
    LISTEN_TLS_MODE("listen.tls.mode", TlsAbout.MODES, "disable", TlsAbout.MODE),
    LISTEN_TLS_CERT("listen.tls.cert", "path", "(none)", TlsAbout.CERT),
    LISTEN_TLS_KEY("listen.tls.key", "path", "(none)", TlsAbout.KEY),
    LISTEN_TLS_CA("listen.tls.ca", "path", "(none)", TlsAbout.CA),
    LISTEN_TLS_PROTOCOLS("listen.tls.protocols", "words", "secure", TlsAbout.PROTOCOLS),
    LISTEN_TLS_CIPHERS("listen.tls.ciphers", "words", "default", TlsAbout.CIPHERS),
    LISTEN_TLS_PLAIN_CANCEL("listen.tls.plain_cancel", "on | off", "on", TlsAbout.PLAIN_CANCEL),
    ADMIN("admin", "section", "", "Where operators connect to."),
    ADMIN_HOST("admin.host", "text", "127.0.0.1", "Address of the admin port."),
    ADMIN_PORT("admin.port", "port", "6433", "Port of the admin port: SQL-like commands and HTTP."),
    ADMIN_TLS("admin.tls", "section", "", "Encryption towards operators; HTTP too."),
    ADMIN_TLS_MODE("admin.tls.mode", TlsAbout.MODES, "disable", TlsAbout.MODE),
    ADMIN_TLS_CERT("admin.tls.cert", "path", "(none)", TlsAbout.CERT),
    ADMIN_TLS_KEY("admin.tls.key", "path", "(none)", TlsAbout.KEY),
    ADMIN_TLS_CA("admin.tls.ca", "path", "(none)", TlsAbout.CA),
    ADMIN_TLS_PROTOCOLS("admin.tls.protocols", "words", "secure", TlsAbout.PROTOCOLS),
    ADMIN_TLS_CIPHERS("admin.tls.ciphers", "words", "default", TlsAbout.CIPHERS),
    ADMIN_TLS_PLAIN_CANCEL("admin.tls.plain_cancel", "on | off", "on", TlsAbout.PLAIN_CANCEL),
    ADMIN_USERS("admin.users", "names", "(required)", "Operators; one with role `admin` at least."),
    ADMIN_USER(
            "admin.users.*",
            "password or section",
            "(required)",
            "One operator: a password alone, or a section."),
    ADMIN_USER_PASSWORD(
            "admin.users.*.password", "password", "(required)", "The operator's password."),
    ADMIN_USER_ROLE(
            "admin.users.*.role",
            "admin | stats",
            "admin",
            "`stats` may only SHOW; `admin` may do everything."),
    HTTP("http", "section", "(none)", "A second port for metrics and probes only."),
    HTTP_HOST("http.host", "text", "127.0.0.1", "Its address."),
    HTTP_PORT("http.port", "port", "6434", "Its port."),
    STATE(
            "state",
            "path",
            "./state",
            "Folder of the journal and the reports; locked while in use."),
    LOG("log", "section", "", "What is logged, and how."),
    LOG_FORMAT("log.format", "text | json", "text", "One line for people, or one JSON object."),
    LOG_LEVEL(
            "log.level", "trace | debug | info | warn | error", "info", "The least level written."),
    LOG_CONNECTIONS(
            "log.connections",
            "on | off",
            "on",
            "Whether each login and leave of a client is logged."),
    LOG_AUDIT(
            "log.audit",
            "path | off",
            "(audit.jsonl in the state folder)",
            "File to which every admin command is appended."),
    AUTH("auth", "section", "", "How clients prove who they are."),
    AUTH_TYPE(
            "auth.type",
            "trust | md5 | scram-sha-256 | passthrough | query | cert",
            "scram-sha-256",
            "The way of proving it, for everybody or for rules that name no method."),
    AUTH_CACHE(
            "auth.cache",
            "duration",
            "1m",
            "For how long `passthrough` and `query` take a server's word about a user."),
    AUTH_QUERY(
            "auth.query",
            "text",
            "SELECT rolname, CASE WHEN rolvaliduntil < pg_catalog.now() THEN NULL ELSE rolpassword"
                    + " END FROM pg_catalog.pg_authid WHERE rolname = $1 AND rolcanlogin",
            "For `query`: gives the name and the password hash of the user `$1`, or no row."),
    AUTH_USER(
            "auth.user", "text", "(the server's control role)", "The role that runs `auth.query`."),
    AUTH_PASSWORD("auth.password", "password", "(none)", "Its password, in clear."),
    AUTH_RULES(
            "auth.rules",
            "list",
            "(none)",
            "Who may log in from where, and how. The first rule that matches counts; who matches"
                    + " none is refused."),
    AUTH_RULE_ADDRESS(
            "auth.rules.*.address",
            "network or list",
            "(all)",
            "Where the client connects from: an address or a CIDR range, of IPv4 or IPv6."),
    AUTH_RULE_DATABASE(
            "auth.rules.*.database", "text or list", "(all)", "The databases it connects to."),
    AUTH_RULE_USER("auth.rules.*.user", "text or list", "(all)", "The users it logs in as."),
    AUTH_RULE_TLS(
            "auth.rules.*.tls",
            "any | require | refuse",
            "any",
            "Whether the connection is encrypted."),
    AUTH_RULE_METHOD(
            "auth.rules.*.method",
            "trust | reject | md5 | scram-sha-256 | passthrough | query | cert",
            "(auth.type)",
            "How the client proves who it is."),
    USERS(
            "users",
            "names",
            "(none)",
            "Users that clients log in as; `passthrough` and `query` need none."),
    USER("users.*", "password or section", "(none)", "One user: a password alone, or a section."),
    USER_PASSWORD(
            "users.*.password",
            "password",
            "(none)",
            "Proves the client to the proxy and the proxy to the servers; needed unless `auth.type`"
                    + " is `trust`."),
    USER_VALID_UNTIL(
            "users.*.valid_until",
            "time",
            "(forever)",
            "From when on the password counts as wrong, such as `2027-01-31T18:00:00Z`."),
    USER_LIMITS(
            "users.*.limits",
            "section",
            "",
            "Limits of this user, over the global and a database's."),
    DATABASES(
            "databases", "names", "(required)", "Databases, by the name that clients connect to."),
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
            "Its address, for the proxy; or several with commas between, or a list, of the same"
                    + " server, which are tried in this order."),
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
            "databases.*.limits", "section", "", "Limits of this database, over the global."),
    LIMITS("limits", "section", "", "Bounds; a duration or a number of 0 is no limit."),
    SHUTDOWN_TIMEOUT(
            "shutdown_timeout",
            "duration",
            "25s",
            "How long a stop waits for transactions to end.");

    private final String path;
    private final String type;
    private final String fallback;
    private final String about;

    Key(String path, String type, String fallback, String about) {
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
