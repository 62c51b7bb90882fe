package dev.pointsman.core.session.clock;

import dev.pointsman.core.config.Limits;
import dev.pointsman.core.config.key.Values;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;

import java.time.Duration;

/// A limit of time that a session has gone beyond; its client is told so and the session ends.
public enum Overrun {
    QUERY(
            SqlState.QUERY_CANCELED,
            "query_timeout: the statement ran for longer than %s and was cancelled",
            "Make the statement faster, or raise query_timeout.") {
        @Override
        Duration limit(Limits.Times times) {
            return times.query();
        }
    },
    CLIENT_IDLE(
            SqlState.IDLE_SESSION_TIMEOUT,
            "client_idle_timeout: the client sent nothing for longer than %s",
            "Connect again; close connections that are not used, or raise client_idle_timeout.") {
        @Override
        Duration limit(Limits.Times times) {
            return times.clientIdle();
        }
    },
    IDLE_TRANSACTION(
            SqlState.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            "idle_transaction_timeout: the client sent nothing in its transaction for longer than"
                    + " %s; it was rolled back",
            "Connect again and end transactions without waiting in them, or raise"
                    + " idle_transaction_timeout.") {
        @Override
        Duration limit(Limits.Times times) {
            return times.idleTransaction();
        }
    },
    TRANSACTION(
            SqlState.TRANSACTION_TIMEOUT,
            "transaction_timeout: the transaction took longer than %s and was given up",
            "Connect again and do less in one transaction, or raise transaction_timeout.") {
        @Override
        Duration limit(Limits.Times times) {
            return times.transaction();
        }
    };

    private final SqlState state;
    private final String message;
    private final String hint;

    Overrun(SqlState state, String message, String hint) {
        this.state = state;
        this.message = message;
        this.hint = hint;
    }

    abstract Duration limit(Limits.Times times);

    /// What the client is told.
    public ErrorReport report(Limits.Times times) {
        return ErrorReport.fatal(state, message.formatted(Values.text(limit(times))))
                .withHint(hint);
    }

    boolean isReached(Limits.Times times, long nanos) {
        long limit = limit(times).toNanos();
        return limit > 0 && nanos > limit;
    }
}
