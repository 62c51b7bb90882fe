package dev.pointsman.core.session.prepared;

import dev.pointsman.core.config.Limits;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.message.ServerMessage;

import org.jspecify.annotations.Nullable;

/// What a client is told whose named statement is refused.
final class PreparedErrors {
    private PreparedErrors() {}

    static ErrorReport taken(String name) {
        return ErrorReport.error(
                SqlState.DUPLICATE_PREPARED_STATEMENT,
                "prepared statement \"%s\" already exists".formatted(name));
    }

    /// Why a Parse with a name cannot be carried out; null when it can.
    static @Nullable ErrorReport ofParse(
            FrameScanner message, ClientStatements own, Limits.Statements bounds) {
        if (message.bodyKept() < message.bodyLength()) {
            return ErrorReport.error(
                            SqlState.FEATURE_NOT_SUPPORTED,
                            "a prepared statement with a name of %d bytes is too long for a pool in transaction mode; %d are kept"
                                    .formatted(message.bodyLength(), message.bodyKept()))
                    .withHint("Send it without a name, or set pool: {mode: session}.");
        }
        if (own.isFull(bounds)) {
            return ErrorReport.error(
                            SqlState.OUT_OF_MEMORY,
                            "the client has as many prepared statements as a pool in transaction mode keeps: %d, or %d bytes of text"
                                    .formatted(bounds.perClient(), bounds.bytesPerClient()))
                    .withHint(
                            "Close those that are not needed, raise max_client_prepared_statements"
                                + " or prepared_bytes_per_client, or set pool: {mode: session}.");
        }
        return null;
    }

    /// Whether what we prepared is gone or out of date on this connection: a table has changed, or
    /// something discarded it that no tag told of.
    static boolean isStale(ServerMessage error) {
        boolean gone =
                error.sqlState().equals(SqlState.INVALID_SQL_STATEMENT_NAME.code())
                        && error.message().contains(ServerStatements.PREFIX);
        return gone || error.field('R').equals("RevalidateCachedQuery");
    }

    static ErrorReport noUnnamed() {
        return ErrorReport.error(
                        SqlState.INVALID_SQL_STATEMENT_NAME,
                        "unnamed prepared statement does not exist")
                .withHint(
                        "In transaction mode it lasts until the end of the transaction that ran"
                                + " it.");
    }

    static ErrorReport unknown(String name) {
        return ErrorReport.error(
                        SqlState.INVALID_SQL_STATEMENT_NAME,
                        "prepared statement \"%s\" does not exist".formatted(name))
                .withHint("Names that begin so belong to the proxy; prepare it under another.");
    }
}
