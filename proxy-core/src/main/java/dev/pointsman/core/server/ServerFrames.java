package dev.pointsman.core.server;

import dev.pointsman.core.wire.BackendType;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrameSelection;

/// What is looked at in a server's messages, and what an idle server may say.
final class ServerFrames {
    private static final int ERROR_START = 512;
    private static final int TAG_START = 32;
    private static final int PARAMETER_MAX = 30_000;

    static final FrameSelection SELECTION =
            FrameSelection.ofBackend()
                    .with(BackendType.READY_FOR_QUERY, 1)
                    .with(BackendType.ERROR_RESPONSE, ERROR_START)
                    .with(BackendType.COMMAND_COMPLETE, TAG_START)
                    .with(BackendType.PARAMETER_STATUS, PARAMETER_MAX)
                    .withAllHeaders();

    private ServerFrames() {}

    /// Takes what an idle connection received. False: it said something that is no notice, no
    /// notification and no parameter, so it cannot be trusted any more.
    static boolean takeIdle(ServerConnection connection) {
        var relay = connection.relay();
        for (int type = relay.next(); type != FrameScanner.NONE; type = relay.next()) {
            switch (type) {
                case BackendType.PARAMETER_STATUS -> connection.noteParameter();
                case BackendType.NOTICE_RESPONSE, BackendType.NOTIFICATION_RESPONSE -> {}
                default -> {
                    return false;
                }
            }
            relay.drop();
        }
        return true;
    }
}
