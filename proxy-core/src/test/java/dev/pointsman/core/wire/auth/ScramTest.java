package dev.pointsman.core.wire.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.SqlState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The example of RFC 7677, section 3, and what must not work.
class ScramTest {
    private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
    private static final String SERVER_FIRST =
            "r=" + CLIENT_NONCE + SERVER_NONCE + ",s=" + SALT + ",i=4096";
    private static final String CLIENT_FINAL =
            "c=biws,r="
                    + CLIENT_NONCE
                    + SERVER_NONCE
                    + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private static final ScramVerifier PENCIL =
            ScramVerifier.of("pencil", Base64.getDecoder().decode(SALT), 4096);

    @Test
    void theClientSaysWhatTheRfcSays() {
        var client = new ScramClient("user", CLIENT_NONCE);
        assertThat(client.clientFirst()).isEqualTo("n,,n=user,r=" + CLIENT_NONCE);

        var challenge = client.challenge(SERVER_FIRST);
        var keys = ScramKeys.derive("pencil", challenge.salt(), challenge.iterations());

        assertThat(challenge.answer(keys)).isEqualTo(CLIENT_FINAL);
        challenge.verify(keys, SERVER_FINAL);
    }

    @Test
    void theServerSaysWhatTheRfcSays() {
        var server = rfcServer(PENCIL);
        assertThat(server.serverFirst()).isEqualTo(SERVER_FIRST);
        assertThat(server.finish(CLIENT_FINAL))
                .isInstanceOfSatisfying(
                        ScramServer.Accepted.class,
                        accepted -> assertThat(accepted.serverFinal()).isEqualTo(SERVER_FINAL));
    }

    @Test
    void theTextFormOfAVerifierIsReadBack() {
        var again = ScramVerifier.parse(PENCIL.text()).orElseThrow();
        assertThat(rfcServer(again).finish(CLIENT_FINAL)).isInstanceOf(ScramServer.Accepted.class);
        assertThat(again.matches("pencil")).isTrue();
        assertThat(again.matches("pencils")).isFalse();
        assertThat(again.matches("")).isFalse();
    }

    @Test
    void theVerifierIsTheOneThatPostgresqlStores() {
        // SELECT rolpassword FROM pg_authid, as the known answer of the algorithm for this salt.
        assertThat(PENCIL.text())
                .isEqualTo(
                        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
                                + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
                                + "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "pencil",
                "md5a3556571e93b0d20722ba62be61e8c2d",
                "SCRAM-SHA-256$0:W22ZaJ0SNY7soEsUEjb6gQ==$a:b",
                "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$AAAA:AAAA",
                "SCRAM-SHA-256$4096:!$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
                        + "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
                "SCRAM-SHA-1$4096:W22ZaJ0SNY7soEsUEjb6gQ==$a:b"
            })
    void whatIsNoVerifierIsNotTakenForOne(String text) {
        assertThat(ScramVerifier.parse(text)).isEmpty();
    }

    @Test
    void bothSidesAgreeOverARandomExchange() {
        var client = new ScramClient();
        var server = ScramServer.begin(PENCIL, client.clientFirst());
        var challenge = client.challenge(server.serverFirst());
        var keys = ScramKeys.derive("pencil", challenge.salt(), challenge.iterations());

        var accepted = (ScramServer.Accepted) server.finish(challenge.answer(keys));

        challenge.verify(keys, accepted.serverFinal());
    }

    @Test
    void whatAClientProvedLogsItInOnAServerWithTheSameVerifier() {
        var proved = ((ScramServer.Accepted) rfcServer(PENCIL).finish(CLIENT_FINAL)).keys();

        var client = new ScramClient();
        var server = ScramServer.begin(PENCIL, client.clientFirst());
        var challenge = client.challenge(server.serverFirst());

        assertThat(proved.fit(challenge)).isTrue();
        assertThat(server.finish(challenge.answer(proved)))
                .isInstanceOf(ScramServer.Accepted.class);
    }

    @Test
    void aWrongPasswordAndAnUnknownUserLookTheSame() {
        var mocks = new MockVerifiers();
        for (var verifier : new ScramVerifier[] {PENCIL, mocks.of("nobody")}) {
            var client = new ScramClient();
            var server = ScramServer.begin(verifier, client.clientFirst());
            var challenge = client.challenge(server.serverFirst());
            var keys = ScramKeys.derive("wrong", challenge.salt(), challenge.iterations());

            assertThat(server.finish(challenge.answer(keys)))
                    .isInstanceOf(ScramServer.Rejected.class);
            assertThat(challenge.iterations()).isEqualTo(4096);
            assertThat(challenge.salt()).hasSize(16);
        }
    }

    @Test
    void anUnknownUsersSaltStaysTheSameAndIsItsOwn() {
        var mocks = new MockVerifiers();
        assertThat(mocks.of("a").salt()).isEqualTo(mocks.of("a").salt());
        assertThat(mocks.of("a").salt()).isNotEqualTo(mocks.of("b").salt());
        assertThat(mocks.of("a").salt()).isNotEqualTo(new MockVerifiers().of("a").salt());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "p=tls-server-end-point,,n=,r=abc | 08P01",
                "n,a=admin,n=,r=abc | 0A000",
                "n,,m=x,n=,r=abc | 0A000",
                "n,,r=abc | 08P01",
                "n,,n=,r= | 08P01",
                "n,,n=,r=abc, | 08P01",
                "x,,n=,r=abc | 08P01",
                "n,n=,r=abc | 08P01",
                "n | 08P01",
                "'' | 08P01"
            })
    void aBadFirstMessageIsRefused(String clientFirst, String sqlState) {
        assertThatThrownBy(() -> ScramServer.begin(PENCIL, clientFirst))
                .isInstanceOfSatisfying(
                        ProtocolViolation.class,
                        refused -> assertThat(refused.sqlState().code()).isEqualTo(sqlState));
    }

    @Test
    void aClientThatCouldBindToAChannelMustSayTheSameTwice() {
        // given a client that supports channel binding but was not offered it
        var first = "y,,n=user,r=" + CLIENT_NONCE;
        var server = ScramServer.begin(PENCIL, first, SERVER_NONCE);

        // then its second message must repeat its own header, not another one
        assertThatThrownBy(() -> server.finish(CLIENT_FINAL))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("channel binding");
        var header = Base64.getEncoder().encodeToString("y,,".getBytes(StandardCharsets.US_ASCII));
        assertThat(server.finish(CLIENT_FINAL.replace("biws", header)))
                .isInstanceOf(ScramServer.Rejected.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "c=biws",
                "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE,
                "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE + ",p=AAAA",
                "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE + ",p=?",
                "c=biws,r=" + CLIENT_NONCE + "other,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                CLIENT_FINAL + ",x=y",
                CLIENT_FINAL + ","
            })
    void aBadSecondMessageIsRefused(String clientFinal) {
        assertThatThrownBy(() -> rfcServer(PENCIL).finish(clientFinal))
                .isInstanceOfSatisfying(
                        ProtocolViolation.class,
                        refused ->
                                assertThat(refused.sqlState())
                                        .isEqualTo(SqlState.PROTOCOL_VIOLATION));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "r=" + CLIENT_NONCE + ",s=" + SALT + ",i=4096",
                "r=other,s=" + SALT + ",i=4096",
                "r=" + CLIENT_NONCE + "x,s=,i=4096",
                "r=" + CLIENT_NONCE + "x,s=" + SALT + ",i=0",
                "r=" + CLIENT_NONCE + "x,s=" + SALT + ",i=1000001",
                "r=" + CLIENT_NONCE + "x,s=" + SALT + ",i=99999999999",
                "m=x,r=" + CLIENT_NONCE + "x,s=" + SALT + ",i=4096"
            })
    void aBadChallengeIsNotAnswered(String serverFirst) {
        var client = new ScramClient("user", CLIENT_NONCE);
        assertThatThrownBy(() -> client.challenge(serverFirst))
                .isInstanceOf(ProtocolViolation.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "e=invalid-proof",
                "v=AAAA",
                "v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
            })
    void aServerThatDoesNotKnowThePasswordIsNotTrusted(String serverFinal) {
        var challenge = new ScramClient("user", CLIENT_NONCE).challenge(SERVER_FIRST);
        var keys = ScramKeys.derive("pencil", challenge.salt(), challenge.iterations());
        assertThatThrownBy(() -> challenge.verify(keys, serverFinal))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void secretsDoNotShowInText() {
        var challenge = new ScramClient("user", CLIENT_NONCE).challenge(SERVER_FIRST);
        var keys = ScramKeys.derive("pencil", challenge.salt(), challenge.iterations());
        assertThat(PENCIL + " " + keys).doesNotContain("pencil").doesNotContain("WG5d8oPm");
    }

    private static ScramServer rfcServer(ScramVerifier verifier) {
        return ScramServer.begin(verifier, "n,,n=user,r=" + CLIENT_NONCE, SERVER_NONCE);
    }
}
