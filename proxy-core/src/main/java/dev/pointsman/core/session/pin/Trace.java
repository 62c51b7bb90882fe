package dev.pointsman.core.session.pin;

/// What a statement may leave in its server connection: bits of one number, since they are told
/// apart for every statement.
public final class Trace {
    public static final int NONE = 0;

    /// A setting that does not follow its client.
    static final int SETTINGS = 1;

    static final int ROLE = 1 << 1;
    static final int LISTENS = 1 << 2;
    static final int LOCKS = 1 << 3;
    static final int TABLES = 1 << 4;
    static final int CURSORS = 1 << 5;
    static final int STATEMENTS = 1 << 6;

    /// A library, or a connection of dblink's: neither is ever given up again.
    static final int LOADED = 1 << 7;

    /// The unnamed prepared statement waits to be run by a later transaction.
    static final int UNNAMED = 1 << 8;

    /// Something may be over that was left earlier.
    static final int RELEASE = 1 << 16;

    /// A setting that follows its client and that the server does not report.
    static final int FOLLOWED = 1 << 17;

    /// It runs what cannot be seen.
    static final int HIDDEN = 1 << 18;

    /// It may run a prepared statement by its name.
    static final int EXECUTES = 1 << 19;

    /// Its text cannot be read for sure.
    static final int UNSURE = 1 << 20;

    /// A setting that ends with its transaction.
    static final int LOCAL = 1 << 21;

    /// What a server can be asked about.
    static final int ASKABLE = SETTINGS | ROLE | LISTENS | LOCKS | TABLES | CURSORS | STATEMENTS;

    /// What keeps a server connection with its client as soon as it is run. Statements follow their
    /// client, as a rule.
    static final int PINNING = (ASKABLE & ~STATEMENTS) | LOADED;

    private Trace() {}
}
