package dev.pointsman.core.wire;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Every SQLSTATE that the proxy itself sends. What servers send is passed on unchanged and needs
/// no entry here. `docs/reference/sqlstates.md` says what to do about each.
public enum SqlState implements ErrorCode {
    SUCCESSFUL_COMPLETION("00000", "A notice about a command's progress."),
    WARNING("01000", "A command succeeded, but something about it needs attention."),
    CONNECTION_FAILURE(
            "08006", "The server connection was lost while no transaction's outcome was open."),
    TRANSACTION_RESOLUTION_UNKNOWN(
            "08007",
            "The server connection was lost after a statement that may have committed was sent."),
    PROTOCOL_VIOLATION("08P01", "A peer sent bytes that are not the PostgreSQL protocol."),
    FEATURE_NOT_SUPPORTED(
            "0A000", "A command, protocol version or protocol feature that is not supported."),
    INVALID_PARAMETER_VALUE("22023", "A console command or a start-up packet has a bad value."),
    IN_FAILED_SQL_TRANSACTION(
            "25P02",
            "A statement follows in a transaction that was given up; only its end is accepted."),
    IDLE_IN_TRANSACTION_SESSION_TIMEOUT(
            "25P03", "A client was idle in its transaction for longer than allowed."),
    TRANSACTION_TIMEOUT("25P04", "A transaction took longer than allowed."),
    INVALID_SQL_STATEMENT_NAME(
            "26000",
            "A prepared statement is not known, or its name is one of the proxy's own; in"
                    + " transaction mode also the unnamed one of an earlier transaction."),
    INVALID_AUTHORIZATION_SPECIFICATION(
            "28000", "A login without a user name, or in a way that is not allowed here."),
    INVALID_PASSWORD("28P01", "A login failed; the same for a wrong user and a wrong password."),
    INVALID_CATALOG_NAME(
            "3D000",
            "There is no database of this name in the configuration, nor where its wildcard"
                    + " leads."),
    SERIALIZATION_FAILURE("40001", "A transaction was rolled back for a cutover."),
    INSUFFICIENT_PRIVILEGE("42501", "A console user's role may not run this command."),
    SYNTAX_ERROR("42601", "A console command cannot be understood."),
    UNDEFINED_OBJECT("42704", "A console command names something that does not exist."),
    DUPLICATE_PREPARED_STATEMENT(
            "42P05", "A client prepares a statement under a name that it uses already."),
    OUT_OF_MEMORY("53200", "A bound on buffered bytes or on memory was reached."),
    TOO_MANY_CONNECTIONS(
            "53300",
            "The limit of client connections was reached, or that of databases that the wildcard"
                    + " opens; or a statement would keep one server connection too many for its"
                    + " client."),
    OBJECT_NOT_IN_PREREQUISITE_STATE(
            "55000",
            "A command was refused; the server that served before still serves. Or the wildcard may"
                    + " not open this database."),
    OBJECT_IN_USE("55006", "The database is busy with a cutover or a migration."),
    CANT_CHANGE_RUNTIME_PARAM(
            "55P02", "RELOAD or SET would change what needs a restart; nothing was changed."),
    LOCK_NOT_AVAILABLE("55P03", "PAUSE WITHIN was undone because someone was still inside."),
    QUERY_CANCELED(
            "57014", "A held or waiting query was cancelled, or one ran beyond query_timeout."),
    ADMIN_SHUTDOWN(
            "57P01",
            "The proxy is shutting down, or the session, or replication connection, cannot be"
                    + " carried to the target."),
    CANNOT_CONNECT_NOW("57P03", "The database cannot be reached or is not served now."),
    IDLE_SESSION_TIMEOUT("57P05", "A client was idle for longer than allowed."),
    CONFIG_FILE_ERROR("F0000", "RELOAD found problems in the file; the old settings stay."),
    INTERNAL_ERROR("XX000", "The proxy met a fault of its own.");

    private final String code;
    private final String when;

    SqlState(String code, String when) {
        this.code = code;
        this.when = when;
    }

    @Override
    public String code() {
        return code;
    }

    /// PostgreSQL's name of the condition, such as `query_canceled`.
    public String condition() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// One sentence: when the proxy sends it.
    public String when() {
        return when;
    }

    public static Optional<SqlState> of(String code) {
        return Arrays.stream(values()).filter(state -> state.code.equals(code)).findFirst();
    }
}
