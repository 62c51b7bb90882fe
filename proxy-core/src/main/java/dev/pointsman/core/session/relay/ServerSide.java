package dev.pointsman.core.session.relay;

import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.server.FrameRelay;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.session.carry.FollowedParameters;
import dev.pointsman.core.session.carry.Traces;
import dev.pointsman.core.session.pin.Pins;
import dev.pointsman.core.session.prepared.PreparedStatements;
import dev.pointsman.core.session.unit.OwnUnits;
import dev.pointsman.core.session.unit.UnitTracker;
import dev.pointsman.core.wire.BackendType;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.ServerMessage;

import io.netty.buffer.ByteBuf;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// The server's end of a session while it has a server connection: passes what the server says on
/// to the client, keeps account of it, and takes out the answers to what the session itself asked.
public final class ServerSide implements ServerConnection.Receiver {
    private static final String QUERY_CANCELED = "57014";

    /// Who is told of what changes the session's state.
    public interface Events {
        /// No more bytes for now.
        void onServerReadComplete();

        /// Whether the server's socket takes more.
        void onServerWritability(boolean writable);

        /// The connection is gone.
        void onServerClosed();

        /// A ReadyForQuery of the client's was passed on.
        void onUnitAnswered();

        /// What is known of the client's statements.
        Inspection inspection();

        /// The settings that go in front of the client's bytes were refused.
        void onSettingsFailed(ErrorReport why);
    }

    private final Events events;
    private final DatabaseMeter meter;
    private final ServerConnection connection;
    private final ClientSide client;
    private final UnitTracker tracker;
    private final PreparedStatements prepared;
    private final Pins pins;
    private final ServerParameters told;
    private final boolean perTransaction;
    private final OwnUnits own = new OwnUnits();
    private final Cancels cancels;

    private boolean taking40001; // a cancellation is ours: the client is told to retry
    private boolean tookBack; // and was told
    private boolean tookBackOpen; // and it is what is open
    private boolean endedLast; // the last answer says that a transaction is over
    private boolean serverSaidGoodbye;
    private boolean listening;
    private final Resets resets;

    /// Attaches itself to the connection.
    public ServerSide(Conversation conversation, ServerConnection connection, Events events) {
        this.events = events;
        this.connection = connection;
        this.client = conversation.client();
        this.tracker = conversation.tracker();
        this.prepared = conversation.prepared();
        this.pins = conversation.pins();
        this.told = conversation.told();
        this.meter = conversation.meter();
        this.perTransaction = conversation.perTransaction();
        this.cancels = new Cancels(connection, tracker, own);
        this.resets = new Resets(conversation.asked());
        connection.attach(this);
        connection.relay().to(client.channel());
    }

    public ServerConnection connection() {
        return connection;
    }

    /// Gives the connection the client's settings, in front of whatever the client sends, and tells
    /// the client what is different here and cannot be set.
    ///
    /// @param untold what is to be where the client was told nothing
    public void adaptSettings(ServerParameters untold) {
        ByteBuf toClient = client.channel().alloc().buffer();
        FollowedParameters.tellRest(told, connection.parameters(), toClient);
        client.write(toClient);
        ByteBuf toServer = connection.channel().alloc().buffer();
        if (FollowedParameters.writeSettings(told, untold, connection, toServer)) {
            own.addSettings();
        }
        send(toServer);
    }

    /// Writes something of the session's own, unflushed.
    public void send(ByteBuf bytes) {
        connection.channel().write(bytes, connection.channel().voidPromise());
    }

    /// What of the next answers is not the client's.
    public OwnUnits own() {
        return own;
    }

    public boolean awaitsOwn() {
        return own.any();
    }

    /// Cancels what the client runs, with what is prepared in front of it. `done` completes when
    /// nothing later can be hit; whoever completes it before that withdraws what has not been sent.
    public void cancel(CompletableFuture<Void> done) {
        cancels.add(done);
    }

    /// Whether no cancel request can hit what is sent next: the last one's socket has reached its
    /// end, and an empty query was answered since. If not, that is seen to; to be asked again when
    /// nothing of our own is awaited.
    public boolean isCalm() {
        return cancels.isCalm();
    }

    /// The session has the connection no more.
    public void letGo() {
        cancels.letGo();
    }

    /// From now on the failure of a cancelled statement is passed on as 40001.
    public void takeBackCancelled() {
        taking40001 = true;
    }

    /// Whether the client was told 40001 since [#takeBackCancelled].
    public boolean tookBack() {
        return tookBack;
    }

    /// Whether that 40001 speaks of what is open: nothing has ended and begun since.
    public boolean tookBackOpen() {
        return tookBackOpen;
    }

    /// Whether the end of a transaction is the last that the server has answered.
    public boolean endedLast() {
        return endedLast;
    }

    /// The transaction that was to be taken back is over.
    public void endTakeBack() {
        taking40001 = false;
        tookBack = false;
        tookBackOpen = false;
    }

    /// Whether the server has ended the connection with an error that the client has got.
    public boolean serverSaidGoodbye() {
        return serverSaidGoodbye;
    }

    /// Whether the session has sent LISTEN on this connection.
    public boolean listening() {
        return perTransaction ? pins.listens() : listening;
    }

    /// The settings that follow the client and that the server does not report, as they stand now.
    public void takeFollowed(Map<String, String> settings) {
        if (!settings.isEmpty()) {
            settings.forEach(connection.parameters()::put);
            client.tell(told, ServerParameters.of(settings));
        }
    }

    @Override
    public void onServerRead() {
        FrameRelay relay = connection.relay();
        for (int type = relay.next(); type != FrameScanner.NONE; type = relay.next()) {
            if (awaitsOwn()) {
                takeOwn(relay, type);
            } else {
                take(relay, type);
            }
        }
        meter.bytes(DatabaseMeter.Direction.SENT, relay.takeWritten());
    }

    @Override
    public void onNotification(ByteBuf body) {
        ByteBuf out = client.channel().alloc().buffer(Protocol.HEADER_BYTES + body.readableBytes());
        out.writeByte(BackendType.NOTIFICATION_RESPONSE)
                .writeInt(Integer.BYTES + body.readableBytes());
        client.write(out.writeBytes(body));
    }

    @Override
    public void onServerReadComplete() {
        events.onServerReadComplete();
    }

    @Override
    public void onServerWritability(boolean writable) {
        events.onServerWritability(writable);
    }

    @Override
    public void onServerClosed() {
        letGo();
        events.onServerClosed();
    }

    private void take(FrameRelay relay, int type) {
        switch (type) {
            case BackendType.DATA_ROW, BackendType.COPY_DATA -> relay.pass();
            case BackendType.READY_FOR_QUERY -> {
                tracker.onReady(TransactionStatus.of(relay.message().bodyByte(0)));
                tookBackOpen &= tracker.status() != TransactionStatus.IDLE;
                cancels.onAnswered();
                boolean clients = prepared.onReady();
                if (clients) {
                    events.onUnitAnswered();
                }
                decide(relay, clients);
                if (clients && resets.isDue(tracker, client)) {
                    relay.cut();
                    resets.tellAll(client, told, connection.initial());
                    adaptSettings(connection.initial());
                }
            }
            case BackendType.PARAMETER_STATUS -> {
                var status = connection.noteParameter();
                if (resets.covers(status, connection.initial())) {
                    relay.drop();
                    relay.cut();
                    resets.tell(client, told, status.name());
                } else {
                    told.put(status.name(), status.value());
                    relay.pass();
                }
            }
            case BackendType.PARSE_COMPLETE, BackendType.CLOSE_COMPLETE -> {
                endedLast = false;
                tracker.onReceived(type);
                decide(relay, prepared.isClients());
            }
            case BackendType.COPY_IN_RESPONSE -> {
                tracker.onReceived(type);
                prepared.onCopyIn();
                relay.pass();
            }
            case BackendType.ERROR_RESPONSE -> onError(relay);
            case BackendType.COMMAND_COMPLETE -> {
                noteTag(relay.message());
                tracker.onReceived(type);
                relay.pass();
            }
            case BackendType.NOTICE_RESPONSE, BackendType.NOTIFICATION_RESPONSE -> relay.pass();
            default -> {
                endedLast = false;
                tracker.onReceived(type);
                relay.pass();
            }
        }
    }

    private static void decide(FrameRelay relay, boolean passes) {
        if (passes) {
            relay.pass();
        } else {
            relay.drop();
        }
    }

    private void noteTag(FrameScanner message) {
        int from = message.bodyStart();
        int to = from + message.bodyKept();
        endedLast = Traces.isEnd(message.bytes(), from, to);
        if (Traces.discardsStatements(message.bytes(), from, to)) {
            prepared.onDiscarded();
        } else if (Traces.deallocates(message.bytes(), from, to)) {
            prepared.onDeallocated();
        }
        if (perTransaction) {
            pins.onTag(message.bytes(), from, to);
            resets.onTag(message.bytes(), from, to);
            if (Traces.ofDefinition(message.bytes(), from, to)) {
                connection.markDirty();
            }
        } else if (Traces.inTag(message.bytes(), from, to)) {
            connection.markDirty();
            listening |= Traces.isListen(message.bytes(), from, to);
            if (Traces.isUnlisten(message.bytes(), from, to)) {
                listening &= events.inspection().names().listens();
            }
            if (Traces.isSet(message.bytes(), from, to)) {
                events.inspection().onSet();
            }
        } else if (listening && Traces.isDiscardAll(message.bytes(), from, to)) {
            listening = false;
        }
    }

    private void onError(FrameRelay relay) {
        endedLast = false;
        var error = ServerMessage.decode(relay.message().body());
        if (error.endsConnection() && perTransaction && !pins.any() && tracker.quiet()) {
            // The transaction is over: what becomes of the connection is not the client's business.
            connection.spoil();
            relay.drop();
            return;
        }
        serverSaidGoodbye |= error.endsConnection();
        if (prepared.wasTold() && !error.endsConnection()) {
            tracker.onReceived(BackendType.ERROR_RESPONSE);
            relay.drop();
            return;
        }
        var refusal = prepared.onError(error);
        if (refusal != null) {
            replace(relay, refusal);
        } else if (taking40001 && error.sqlState().equals(QUERY_CANCELED)) {
            tookBack = true;
            tookBackOpen = true;
            replace(relay, SessionErrors.takenBack());
        } else {
            meter.error(DatabaseMeter.Origin.SERVER, error.sqlState());
            relay.pass();
        }
        tracker.onReceived(BackendType.ERROR_RESPONSE);
    }

    private void replace(FrameRelay relay, ErrorReport ours) {
        relay.drop();
        relay.cut();
        client.report(ours);
        meter.error(DatabaseMeter.Origin.PROXY, ours.sqlState().code());
    }

    /// One message of the answers to what the session asked on its own.
    private void takeOwn(FrameRelay relay, int type) {
        switch (type) {
            case BackendType.NOTIFICATION_RESPONSE -> relay.pass();
            case BackendType.PARAMETER_STATUS -> {
                var status = connection.noteParameter();
                decide(relay, told.put(status.name(), status.value()));
            }
            case BackendType.READY_FOR_QUERY -> {
                relay.drop();
                tracker.noteStatus(TransactionStatus.of(relay.message().bodyByte(0)));
                own.onReady();
                cancels.advance();
            }
            case BackendType.ERROR_RESPONSE -> {
                var error = ServerMessage.decode(relay.message().body());
                if (error.endsConnection()) {
                    serverSaidGoodbye = true;
                    relay.pass();
                } else {
                    relay.drop();
                    if (own.setsNext()) {
                        events.onSettingsFailed(SessionErrors.settingsFailed(error));
                    } else {
                        // Perhaps a statement that is not prepared here now.
                        connection.markDirty();
                    }
                }
            }
            default -> relay.drop();
        }
    }
}
