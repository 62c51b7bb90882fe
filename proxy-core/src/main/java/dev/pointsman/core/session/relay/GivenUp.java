package dev.pointsman.core.session.relay;

import dev.pointsman.core.session.unit.TransactionEnds;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.Requests;
import dev.pointsman.core.wire.sql.Keyword;

import io.netty.buffer.ByteBuf;

/// What a client still has to learn about a transaction that was rolled back for a cutover: first
/// that it failed (40001), then, until it says ROLLBACK or COMMIT itself, what PostgreSQL says in a
/// failed transaction.
public final class GivenUp {
    private enum Debt {
        NONE,
        /// The answer to the next message is 40001.
        ERROR,
        /// The next server connection has to be in a failed transaction.
        FAILED_BLOCK
    }

    private static final String FAIL = "BEGIN; SELECT pointsman_rolled_back_for_a_cutover()";

    private final ClientSide client;
    private final TransactionEnds ends;
    private Debt debt = Debt.NONE;
    private boolean blockWasOpen;

    public GivenUp(ClientSide client, TransactionEnds ends) {
        this.client = client;
        this.ends = ends;
    }

    /// The transaction was rolled back. `told`: the client has got its 40001; `blockOpen`: there
    /// was a transaction block, which has to stay failed; `unitOpen`: the client's Sync is to come.
    public void onRolledBack(boolean told, boolean blockOpen, boolean unitOpen) {
        blockWasOpen = blockOpen;
        if (!told) {
            debt = Debt.ERROR;
            return;
        }
        debt = blockOpen ? Debt.FAILED_BLOCK : Debt.NONE;
        if (unitOpen) {
            client.skipRest(blockOpen ? TransactionStatus.FAILED : TransactionStatus.IDLE);
        }
    }

    /// Answers the message that the client's relay is at when it is the first since the rollback;
    /// false: it is not, or it can take its normal way.
    public boolean answers(int type) {
        if (debt != Debt.ERROR) {
            return false;
        }
        Keyword said = keyword(type);
        boolean endsBlock = said == Keyword.COMMIT || said == Keyword.END;
        if (blockWasOpen && (said == Keyword.ROLLBACK || said == Keyword.ABORT)) {
            debt = Debt.FAILED_BLOCK;
            return false;
        }
        boolean staysFailed = blockWasOpen && !endsBlock;
        debt = staysFailed ? Debt.FAILED_BLOCK : Debt.NONE;
        client.refuse(
                type,
                SessionErrors.takenBack(),
                staysFailed ? TransactionStatus.FAILED : TransactionStatus.IDLE);
        return true;
    }

    /// The status of the transaction in which the client takes itself to be.
    public TransactionStatus statusAfterError() {
        return debt == Debt.FAILED_BLOCK || (debt == Debt.ERROR && blockWasOpen)
                ? TransactionStatus.FAILED
                : TransactionStatus.IDLE;
    }

    /// The client was told of an error, which is as good as 40001.
    public void onErrorTold() {
        if (debt == Debt.ERROR) {
            debt = blockWasOpen ? Debt.FAILED_BLOCK : Debt.NONE;
        }
    }

    /// Puts a server connection that was just entered into a failed transaction, if one is owed.
    public void onInside(ServerSide server) {
        if (debt != Debt.FAILED_BLOCK) {
            return;
        }
        debt = Debt.NONE;
        ByteBuf out = client.channel().alloc().buffer();
        Requests.query(out, FAIL);
        server.own().addOthers(1);
        server.send(out);
    }

    private Keyword keyword(int type) {
        FrameScanner message = client.relay().message();
        return type == FrontendType.BIND ? ends.ofBind(message) : ends.of(type, message);
    }
}
