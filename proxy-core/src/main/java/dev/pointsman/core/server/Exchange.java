package dev.pointsman.core.server;

import dev.pointsman.core.server.login.ServerRefused;
import dev.pointsman.core.wire.BackendType;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrameSelection;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.ParameterStatus;
import dev.pointsman.core.wire.message.ServerMessage;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Promise;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Collects what a server answers to messages of ours.
final class Exchange {
    private static final int BODY_MAX = 4 << 20;
    private static final FrameSelection SELECTION =
            FrameSelection.ofBackend()
                    .with(BackendType.READY_FOR_QUERY, 1)
                    .with(BackendType.DATA_ROW, BODY_MAX)
                    .with(BackendType.ERROR_RESPONSE, BODY_MAX)
                    .with(BackendType.NOTIFICATION_RESPONSE, BODY_MAX)
                    .with(BackendType.PARAMETER_STATUS, BODY_MAX);

    private final ServerConnection connection;
    private final Promise<Answer> promise;
    private final FrameScanner scanner = new FrameScanner(SELECTION);
    private final List<List<@Nullable String>> rows = new ArrayList<>();
    private final List<ServerMessage> errors = new ArrayList<>();
    private int readiesDue;

    Exchange(ServerConnection connection, Promise<Answer> promise, int readies) {
        this.connection = connection;
        this.promise = promise;
        this.readiesDue = readies;
    }

    void onRead(ByteBuf bytes) {
        try {
            TransactionStatus ended = scan(bytes);
            if (ended != null) {
                connection.exchangeEnded();
                int end = scanner.frameEnd();
                if (end < bytes.writerIndex()) {
                    // What came behind is not ours.
                    connection.onRead(bytes.retainedSlice(end, bytes.writerIndex() - end));
                }
                promise.trySuccess(new Answer(rows, errors, ended));
            }
        } finally {
            bytes.release();
        }
    }

    void fail(ErrorReport why) {
        connection.exchangeEnded();
        ErrorReport told =
                errors.isEmpty()
                        ? why
                        : why.withDetail("The server said: " + errors.getLast().summary());
        promise.tryFailure(new ServerRefused(told));
    }

    private @Nullable TransactionStatus scan(ByteBuf bytes) {
        scanner.begin(bytes);
        for (int type = scanner.next(); type != FrameScanner.NONE; type = scanner.next()) {
            switch (type) {
                case BackendType.DATA_ROW -> rows.add(row(scanner.body()));
                case BackendType.ERROR_RESPONSE -> errors.add(ServerMessage.decode(scanner.body()));
                case BackendType.NOTIFICATION_RESPONSE -> connection.onNotification(scanner.body());
                case BackendType.PARAMETER_STATUS -> {
                    var status = ParameterStatus.decode(scanner.body());
                    connection.parameters().put(status.name(), status.value());
                }
                default -> {
                    if (--readiesDue == 0) {
                        return TransactionStatus.of(scanner.bodyByte(0));
                    }
                }
            }
        }
        return null;
    }

    private static List<@Nullable String> row(ByteBuf body) {
        int columns = body.readUnsignedShort();
        List<@Nullable String> values = new ArrayList<>(columns);
        for (int i = 0; i < columns; i++) {
            int length = body.readInt();
            if (length > body.readableBytes()) {
                throw new ProtocolViolation("the server sent a row that is too long to be read");
            }
            values.add(
                    length < 0
                            ? null
                            : body.readCharSequence(length, StandardCharsets.UTF_8).toString());
        }
        return values;
    }
}
