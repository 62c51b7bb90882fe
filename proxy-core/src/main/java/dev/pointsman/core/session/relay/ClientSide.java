package dev.pointsman.core.session.relay;

import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.server.FrameRelay;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrameSelection;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.LoginReplies;
import dev.pointsman.core.wire.message.Replies;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

/// The client's end of a session: what it sent and is not decided yet, what the proxy itself
/// answers, and whether its socket is read.
public final class ClientSide {
    /// How much of a statement's text is looked at.
    private static final int TEXT_START = 1_024;

    /// How long a statement may be that is read to its end, and that follows its client from one
    /// server connection to another when it has a name.
    private static final int STATEMENT_MAX = 256 << 10;

    /// A message that is looked at whole must come in whole however little is kept of a client.
    private static final int ROOM_AROUND = 1_024;

    private static final FrameSelection SELECTION =
            FrameSelection.ofFrontend()
                    .with(FrontendType.QUERY, TEXT_START)
                    .with(FrontendType.PARSE, TEXT_START)
                    .with(FrontendType.BIND, TEXT_START)
                    .with(FrontendType.DESCRIBE, TEXT_START)
                    .with(FrontendType.CLOSE, TEXT_START)
                    .withAllHeaders();

    private static final FrameSelection WHOLE_STATEMENTS = whole(STATEMENT_MAX);

    private final Channel channel;
    private final FrameRelay relay;
    private final long roomOutside;
    private final PoolMode mode;

    /// A refused run of the extended protocol is dropped up to its Sync, which is answered so.
    private TransactionStatus answerToSync = TransactionStatus.IDLE;

    private boolean skipping;
    private boolean gateHasRoom = true;
    private boolean serverKeepsUp = true;

    public ClientSide(Channel channel, Database database) {
        this.channel = channel;
        this.roomOutside = database.limits().heldBytesPerClient();
        this.mode = database.pool().mode();
        this.relay = new FrameRelay(selection(), channel.alloc());
    }

    private FrameSelection selection() {
        return switch (mode) {
            case SESSION -> SELECTION;
            case TRANSACTION ->
                    roomOutside >= STATEMENT_MAX + ROOM_AROUND
                            ? WHOLE_STATEMENTS
                            : whole((int) Math.max(TEXT_START, roomOutside - ROOM_AROUND));
        };
    }

    private static FrameSelection whole(int most) {
        return SELECTION.with(FrontendType.PARSE, most).with(FrontendType.QUERY, most);
    }

    boolean perTransaction() {
        return mode == PoolMode.TRANSACTION;
    }

    public Channel channel() {
        return channel;
    }

    public FrameRelay relay() {
        return relay;
    }

    /// Drops the message that the relay is at when it belongs to a refused run, and answers its
    /// Sync; false: it does not.
    public boolean skips(int type) {
        if (!skipping) {
            return false;
        }
        relay.drop();
        if (type == FrontendType.SYNC) {
            skipping = false;
            ready(answerToSync);
        }
        return true;
    }

    /// Drops a message that means nothing between transactions: the rest of a COPY that failed, or
    /// a Flush when all answers are given. False: it is another.
    public boolean leftOver(int type) {
        return switch (type) {
            case FrontendType.COPY_DATA,
                    FrontendType.COPY_DONE,
                    FrontendType.COPY_FAIL,
                    FrontendType.FLUSH -> {
                relay.drop();
                yield true;
            }
            default -> false;
        };
    }

    /// Refuses the message that the relay is at, and what belongs to it: a whole Query, or the rest
    /// of the run up to its Sync. `after` is the transaction's status that follows.
    public void refuse(int type, ErrorReport why, TransactionStatus after) {
        relay.drop();
        report(why);
        switch (type) {
            case FrontendType.QUERY, FrontendType.FUNCTION_CALL, FrontendType.SYNC -> ready(after);
            default -> skipRest(after);
        }
    }

    /// Drops everything up to the next Sync and answers that.
    public void skipRest(TransactionStatus after) {
        skipping = true;
        answerToSync = after;
    }

    /// Answers everything that waits with a cancellation: each whole unit is answered in full, the
    /// rest of an unfinished one is dropped as it comes. `after` is the transaction's status that
    /// follows. Says whether there was anything.
    public boolean cancelWaiting(TransactionStatus after) {
        boolean any = false;
        for (int type = relay.next(); type != FrameScanner.NONE; type = relay.next()) {
            if (type == FrontendType.TERMINATE) {
                return any;
            }
            if (!skips(type) && !leftOver(type)) {
                any = true;
                refuse(type, SessionErrors.cancelledWhileHeld(), after);
            }
        }
        return any;
    }

    public void report(ErrorReport why) {
        ByteBuf out = channel.alloc().buffer();
        Replies.report(out, why);
        write(out);
    }

    /// Tells the client what is not as it was told.
    public void tell(ServerParameters told, ServerParameters now) {
        ByteBuf out = channel.alloc().buffer();
        for (int i = 0; i < now.size(); i++) {
            if (told.put(now.name(i), now.value(i))) {
                LoginReplies.parameterStatus(out, now.name(i), now.value(i));
            }
        }
        write(out);
    }

    public void ready(TransactionStatus status) {
        ByteBuf out = channel.alloc().buffer(8);
        Replies.readyForQuery(out, status);
        write(out);
    }

    public void write(ByteBuf out) {
        channel.write(out, channel.voidPromise());
    }

    public void flush() {
        channel.flush();
    }

    /// Closes once everything written so far is out.
    public void close() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    public void gateHasRoom(boolean room) {
        gateHasRoom = room;
    }

    public void serverKeepsUp(boolean keepsUp) {
        serverKeepsUp = keepsUp;
    }

    /// Reads the socket only while what comes has somewhere to go.
    public void updateReading() {
        boolean read = gateHasRoom && serverKeepsUp && relay.waiting() < roomOutside;
        if (channel.config().isAutoRead() != read) {
            channel.config().setAutoRead(read);
        }
    }
}
