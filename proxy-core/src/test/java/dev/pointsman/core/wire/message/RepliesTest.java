package dev.pointsman.core.wire.message;

import static dev.pointsman.core.wire.message.Written.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.TransactionStatus;

import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;

import java.util.List;

class RepliesTest {
    @Test
    void readyForQuery() {
        assertThat(text(out -> Replies.readyForQuery(out, TransactionStatus.IDLE)))
                .isEqualTo("Z.00.00.00.05I");
        assertThat(text(out -> Replies.readyForQuery(out, TransactionStatus.FAILED)))
                .isEqualTo("Z.00.00.00.05E");
    }

    @Test
    void messagesWithoutABody() {
        assertThat(text(Replies::emptyQueryResponse)).isEqualTo("I.00.00.00.04");
        assertThat(text(Replies::parseComplete)).isEqualTo("1.00.00.00.04");
        assertThat(text(Replies::bindComplete)).isEqualTo("2.00.00.00.04");
        assertThat(text(Replies::closeComplete)).isEqualTo("3.00.00.00.04");
        assertThat(text(Replies::noData)).isEqualTo("n.00.00.00.04");
        assertThat(text(Replies::portalSuspended)).isEqualTo("s.00.00.00.04");
    }

    @Test
    void anErrorHasTheFieldsThatAreNotEmpty() {
        var report = ErrorReport.fatal(SqlState.ADMIN_SHUTDOWN, "bye").withHint("again");
        assertThat(text(out -> Replies.report(out, report)))
                .isEqualTo("E.00.00.00&SFATAL.00VFATAL.00C57P01.00Mbye.00Hagain.00.00");
    }

    @Test
    void aWarningIsANotice() {
        var report = ErrorReport.warning(SqlState.WARNING, "w\0w").withDetail("d");
        assertThat(text(out -> Replies.report(out, report)))
                .startsWith("N.00.00.00(")
                .endsWith("SWARNING.00VWARNING.00C01000.00Mw.ef.bf.bdw.00Dd.00.00");
    }

    @Test
    void commandCompleteAndParameterDescription() {
        assertThat(text(out -> Replies.commandComplete(out, "SET")))
                .isEqualTo("C.00.00.00.08SET.00");
        assertThat(text(out -> Replies.parameterDescription(out, List.of(25))))
                .isEqualTo("t.00.00.00.0a.00.01.00.00.00.19");
    }

    @Test
    void aZeroByteNeverEndsAStringEarly() {
        assertThatThrownBy(() -> Replies.commandComplete(Unpooled.buffer(), "A\0B"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void authentication() {
        assertThat(text(LoginReplies::authenticationOk)).isEqualTo("R.00.00.00.08.00.00.00.00");
        assertThat(text(LoginReplies::cleartextPassword)).isEqualTo("R.00.00.00.08.00.00.00.03");
        assertThat(text(out -> LoginReplies.md5Password(out, 0x01020304)))
                .isEqualTo("R.00.00.00.0c.00.00.00.05.01.02.03.04");
        assertThat(text(out -> LoginReplies.sasl(out, List.of("X"))))
                .isEqualTo("R.00.00.00.0b.00.00.00.0aX.00.00");
        assertThat(text(out -> LoginReplies.saslContinue(out, "r=1")))
                .isEqualTo("R.00.00.00.0b.00.00.00.0br=1");
        assertThat(text(out -> LoginReplies.saslFinal(out, "v=1")))
                .isEqualTo("R.00.00.00.0b.00.00.00.0cv=1");
    }

    @Test
    void whatFollowsAuthentication() {
        var key = new CancelKey(1, new byte[] {2, 3, 4, 5});
        assertThat(text(out -> LoginReplies.backendKeyData(out, key)))
                .isEqualTo("K.00.00.00.0c.00.00.00.01.02.03.04.05");
        assertThat(text(out -> LoginReplies.parameterStatus(out, "a", "b")))
                .isEqualTo("S.00.00.00.08a.00b.00");
        var answer = new NegotiateProtocolVersion(Protocol.VERSION_3_0, List.of("_pq_"));
        assertThat(text(out -> LoginReplies.negotiateProtocolVersion(out, answer)))
                .isEqualTo("v.00.00.00.11.00.03.00.00.00.00.00.01_pq_.00");
    }
}
