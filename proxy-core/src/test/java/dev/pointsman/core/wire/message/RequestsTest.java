package dev.pointsman.core.wire.message;

import static dev.pointsman.core.wire.message.Written.body;
import static dev.pointsman.core.wire.message.Written.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.ProtocolViolation;

import org.junit.jupiter.api.Test;

import java.util.Map;

class RequestsTest {
    @Test
    void whatHasNoTypeByte() {
        assertThat(text(Requests::sslRequest)).isEqualTo(".00.00.00.08.04.d2.16/");
        assertThat(text(out -> Requests.startup(out, Protocol.VERSION_3_0, Map.of("user", "a"))))
                .isEqualTo(".00.00.00.10.00.03.00.00user.00a.00.00");
    }

    @Test
    void login() {
        assertThat(text(out -> Requests.password(out, "pw"))).isEqualTo("p.00.00.00.07pw.00");
        assertThat(text(out -> Requests.saslInitialResponse(out, "M", "n,,")))
                .isEqualTo("p.00.00.00.0dM.00.00.00.00.03n,,");
        assertThat(text(out -> Requests.saslResponse(out, "c="))).isEqualTo("p.00.00.00.06c=");
    }

    @Test
    void queries() {
        assertThat(text(out -> Requests.query(out, "x"))).isEqualTo("Q.00.00.00.06x.00");
        assertThat(text(out -> Requests.parse(out, "s", "x")))
                .isEqualTo("P.00.00.00.0as.00x.00.00.00");
        assertThat(text(Requests::sync)).isEqualTo("S.00.00.00.04");
        assertThat(text(Requests::flush)).isEqualTo("H.00.00.00.04");
        assertThat(text(out -> Requests.copyFail(out, "no"))).isEqualTo("f.00.00.00.07no.00");
        assertThat(text(Requests::terminate)).isEqualTo("X.00.00.00.04");
    }

    @Test
    void namesAreFoundWhereTheyAre() {
        var parse = body("stmt~SELECT 1~~~");
        assertThat(RequestPeek.named(parse, 0, 16)).isTrue();
        assertThat(RequestPeek.parseStatement(parse, 0, 16)).isEqualTo("stmt");
        assertThat(RequestPeek.parseSqlStart(parse, 0, 16)).isEqualTo(5);
        assertThat(RequestPeek.named(body("~SELECT 1~"), 0, 10)).isFalse();

        var bind = body("portal~stmt~rest");
        assertThat(RequestPeek.bindStatement(bind, 0, 16)).isEqualTo("stmt");

        var close = body("Sname~");
        assertThat(RequestPeek.ofStatement(close, 0, 6)).isTrue();
        assertThat(RequestPeek.targetName(close, 0, 6)).isEqualTo("name");
        assertThat(RequestPeek.ofStatement(body("P~"), 0, 2)).isFalse();
    }

    @Test
    void aNameWithoutAnEndIsAViolation() {
        var cut = body("stmt");
        assertThatThrownBy(() -> RequestPeek.parseStatement(cut, 0, 4))
                .isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> RequestPeek.bindStatement(body("portal~"), 0, 7))
                .isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> RequestPeek.targetName(body(""), 0, 0))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void aClientsLoginAnswersAreRead() {
        assertThat(RequestPeek.password(body("pw~"))).isEqualTo("pw");
        assertThat(RequestPeek.saslInitial(body("M~~~~\3n,,")))
                .isEqualTo(new RequestPeek.SaslInitial("M", "n,,"));
        assertThat(RequestPeek.saslInitial(body("M~\u00ff\u00ff\u00ff\u00ff")).data()).isEmpty();
        assertThat(RequestPeek.saslResponse(body("c=biws"))).isEqualTo("c=biws");
        for (var bad : new String[] {"M", "M~", "M~~~~\4n,,", "M~\u00ff\u00ff\u00ff\u00ffx"}) {
            assertThatThrownBy(() -> RequestPeek.saslInitial(body(bad)))
                    .isInstanceOf(ProtocolViolation.class);
        }
        assertThatThrownBy(() -> RequestPeek.password(body("pw~x")))
                .isInstanceOf(ProtocolViolation.class);
    }
}
