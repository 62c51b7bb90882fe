package dev.pointsman.core.wire.message;

import static dev.pointsman.core.wire.message.Written.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.ProtocolViolation;

import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;

import java.util.List;

class ServerMessagesTest {
    @Test
    void anErrorsFieldsAreReadByLetter() {
        var error =
                ServerMessage.decode(body("SFEHLER~VERROR~C42P01~Mno table~Hmake one~Fparse.c~~"));
        assertThat(error.severity()).isEqualTo("ERROR");
        assertThat(error.endsConnection()).isFalse();
        assertThat(error.sqlState()).isEqualTo("42P01");
        assertThat(error.hint()).isEqualTo("make one");
        assertThat(error.detail()).isEmpty();
        assertThat(error.field('F')).isEqualTo("parse.c");
        assertThat(error.summary()).isEqualTo("ERROR 42P01: no table");
    }

    @Test
    void anErrorThatIsCutIsReadAsFarAsItGoes() {
        var error = ServerMessage.decode(body("SFATAL~C57P01~Mtermin"));
        assertThat(error.endsConnection()).isTrue();
        assertThat(error.message()).isEqualTo("termin");
        assertThat(ServerMessage.decode(body("")).sqlState()).isEmpty();
    }

    @Test
    void authenticationRequests() {
        assertThat(request("~~~~")).isEqualTo(new AuthenticationRequest.Ok());
        assertThat(request("~~~\3")).isEqualTo(new AuthenticationRequest.CleartextPassword());
        assertThat(request("~~~\5\1\2\3\4"))
                .isEqualTo(new AuthenticationRequest.Md5Password(0x01020304));
        assertThat(request("~~~\nSCRAM-SHA-256-PLUS~SCRAM-SHA-256~~"))
                .isEqualTo(
                        new AuthenticationRequest.Sasl(
                                List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256")));
        assertThat(request("~~~\13r=1")).isEqualTo(new AuthenticationRequest.SaslContinue("r=1"));
        assertThat(request("~~~\14v=1")).isEqualTo(new AuthenticationRequest.SaslFinal("v=1"));
        assertThat(((AuthenticationRequest.Unsupported) request("~~~\7")).name())
                .isEqualTo("GSSAPI");
        for (var bad : new String[] {"", "~~~", "~~~\5\1", "~~~\nSCRAM"}) {
            assertThatThrownBy(() -> request(bad)).isInstanceOf(ProtocolViolation.class);
        }
    }

    @Test
    void keysAndParameters() {
        var key = CancelKey.decode(Unpooled.buffer().writeInt(7).writeInt(8));
        assertThat(key).isEqualTo(new CancelKey(7, new byte[] {0, 0, 0, 8}));
        assertThat(key).hasSameHashCodeAs(new CancelKey(7, new byte[] {0, 0, 0, 8}));
        assertThat(key).isNotEqualTo(new CancelKey(7, new byte[] {0, 0, 0, 9}));
        assertThat(key.toString()).isEqualTo("CancelKey[processId=7]");
        assertThatThrownBy(() -> CancelKey.decode(Unpooled.buffer().writeInt(7)))
                .isInstanceOf(ProtocolViolation.class);

        assertThat(ParameterStatus.decode(body("TimeZone~UTC~")))
                .isEqualTo(new ParameterStatus("TimeZone", "UTC"));
        for (var bad : new String[] {"", "a", "a~b", "a~b~c"}) {
            assertThatThrownBy(() -> ParameterStatus.decode(body(bad)))
                    .isInstanceOf(ProtocolViolation.class);
        }
    }

    @Test
    void negotiation() {
        assertThat(NegotiateProtocolVersion.decode(body("~\3~~~~~\1_pq_.x~")))
                .isEqualTo(new NegotiateProtocolVersion(Protocol.VERSION_3_0, List.of("_pq_.x")));
        for (var bad : new String[] {"~\3~~", "~\3~~\177~~~", "~\3~~~~~\1", "~\3~~~~~~x"}) {
            assertThatThrownBy(() -> NegotiateProtocolVersion.decode(body(bad)))
                    .isInstanceOf(ProtocolViolation.class);
        }
    }

    private static AuthenticationRequest request(String text) {
        return AuthenticationRequest.decode(body(text));
    }
}
