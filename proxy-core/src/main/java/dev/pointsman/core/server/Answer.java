package dev.pointsman.core.server;

import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.ServerMessage;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// What a server answered to something that we asked on our own: all rows, values as text, and the
/// errors in the order they came.
public record Answer(
        List<List<@Nullable String>> rows, List<ServerMessage> errors, TransactionStatus status) {
    public Answer {
        rows = Collections.unmodifiableList(rows);
        errors = List.copyOf(errors);
    }

    public Optional<ServerMessage> firstError() {
        return errors.stream().findFirst();
    }

    /// Nothing failed, and no transaction is open.
    public boolean clean() {
        return errors.isEmpty() && status == TransactionStatus.IDLE;
    }
}
