package dev.pointsman.core.config.key;

/// Every key that a file may have but those of a database, which [DatabaseKey] lists, and the
/// limits, which [LimitKey] does.
public enum Key implements Setting {
    VERSION("version", "number", "1", "Version of this format."),
    LISTEN("listen", "section", "", "Where clients connect to."),
    LISTEN_HOST("listen.host", "text", "127.0.0.1", "Address; `*` is every address."),
    LISTEN_PORT("listen.port", "port", "6432", "Port for clients."),
    LISTEN_UNIX_SOCKET_DIR(
            "listen.unix_socket_dir",
            "path",
            "(none)",
            "Folder of a Unix-domain socket for clients, `.s.PGSQL.` and the port; without it there"
                    + " is none."),
    LISTEN_UNIX_SOCKET_MODE(
            "listen.unix_socket_mode",
            "octal number",
            "0777",
            "Who may connect to it, as `chmod` has it."),
    LISTEN_PROXY_PROTOCOL(
            "listen.proxy_protocol",
            "network or list",
            "(none)",
            "Load balancers that begin each connection by saying whom they speak for, by the PROXY"
                    + " protocol, version 1 or 2; nobody else may say it."),
    LISTEN_TLS("listen.tls", "section", "", "Encryption towards clients."),
    LISTEN_TLS_MODE("listen.tls.mode", TlsAbout.MODES, "disable", TlsAbout.MODE),
    LISTEN_TLS_CERT("listen.tls.cert", "path", "(none)", TlsAbout.CERT),
    LISTEN_TLS_KEY("listen.tls.key", "path", "(none)", TlsAbout.KEY),
    LISTEN_TLS_CA("listen.tls.ca", "path", "(none)", TlsAbout.CA),
    LISTEN_TLS_PROTOCOLS("listen.tls.protocols", "words", "secure", TlsAbout.PROTOCOLS),
    LISTEN_TLS_CIPHERS("listen.tls.ciphers", "words", "default", TlsAbout.CIPHERS),
    LISTEN_TLS_PLAIN_CANCEL("listen.tls.plain_cancel", "on | off", "on", TlsAbout.PLAIN_CANCEL),
    ADMIN("admin", "section", "", "Where operators connect to."),
    ADMIN_HOST(
            "admin.host", "text", "127.0.0.1", "Address of the admin port; `*` is every address."),
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
    HTTP_HOST("http.host", "text", "127.0.0.1", "Its address; `*` is every address."),
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
            "Where the client connects from: an address or a CIDR range, of IPv4 or IPv6; `local`:"
                    + " by the Unix-domain socket."),
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
