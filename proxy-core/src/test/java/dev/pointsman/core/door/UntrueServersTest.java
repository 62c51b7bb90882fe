package dev.pointsman.core.door;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;

import dev.pointsman.core.PathRig;
import dev.pointsman.core.peer.Bytes;
import dev.pointsman.core.peer.Papers;
import dev.pointsman.core.peer.ScriptedServer;
import dev.pointsman.core.peer.ScriptedServer.Conversation;
import dev.pointsman.core.peer.ScriptedServer.Script;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

import javax.net.ssl.SSLContext;

/// Servers that promise TLS and do something else: a client is told what it was, the log says it
/// too, and nobody hangs.
class UntrueServersTest {
    private static final String LOGGER = "dev.pointsman.core.ServerOpener";
    private static final byte[] YES = {'S'};

    /// Records of TLS: a handshake that goes no further than its first bytes.
    private static final byte[] BEGINNING = {0x16, 3, 3, 0, 100, 2, 0};

    @TempDir Path folder;
    private Papers papers;

    private final Logger logger = (Logger) LoggerFactory.getLogger(LOGGER);
    private final Warnings warnings = new Warnings();

    private static final class Warnings extends AppenderBase<ILoggingEvent> {
        private final ConcurrentLinkedQueue<String> texts = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel() == Level.WARN) {
                texts.add(event.getFormattedMessage() + " " + event.getKeyValuePairs());
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        papers = new Papers(folder);
        warnings.start();
        logger.addAppender(warnings);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(warnings);
    }

    private PathRig rig(ScriptedServer server, String... more) {
        var way = "host: localhost, sslmode: verify-full, sslrootcert: " + papers.ca();
        return PathRig.reaching(server.port(), way, more);
    }

    /// A client that comes to such a server is told `what`, and so is the operator.
    private void tells(Script script, String what, String... more) throws Exception {
        try (var server = ScriptedServer.listening(script);
                var rig = rig(server, more);
                var client = rig.connect()) {
            // when
            client.startUp(PathRig.USER, PathRig.DATABASE);

            // then
            client.expect('R');
            var error = client.expect('E').fields();
            assertThat(error.get('M')).contains("server blue");
            assertThat(error.get('M') + error.get('D')).contains(what);
            assertThat(error.get('H')).isNotBlank();
            client.expectClosed();
            assertThat(warnings.texts)
                    .first()
                    .asString()
                    .startsWith("no server connection")
                    .contains("server=\"blue\"", what);
        }
    }

    @Test
    void oneThatGoesOnInPlainIsFoundOut() throws Exception {
        tells(
                conversation -> {
                    conversation.expectTlsRequest();
                    conversation.send(YES);
                    // what the client says now is no start-up packet, and this no record of TLS
                    conversation.expectBytes(new byte[] {0x16});
                    conversation.sendAuthenticationOk();
                    conversation.readUntilGone();
                },
                "said yes to TLS and then spoke something else");
    }

    /// CVE-2021-23222 of libpq: what came in the clear was taken for what the server says later.
    @Test
    void whatComesInTheClearWithTheYesIsNeverRead() throws Exception {
        tells(
                conversation -> {
                    conversation.expectTlsRequest();
                    conversation.send(
                            Bytes.empty()
                                    .raw(YES)
                                    .raw(Bytes.empty().int32(0).asMessage('R'))
                                    .raw(Bytes.empty().int8('I').asMessage('Z'))
                                    .toArray());
                    conversation.readUntilGone();
                },
                "sent unencrypted data behind its answer about TLS");
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        var expired = papers.serving("localhost", Instant.now().minus(Duration.ofDays(1)));
        tells(conversation -> shows(conversation, expired), "has expired");
    }

    @Test
    void aCertificateOfAnotherHostIsRefused() throws Exception {
        var other = papers.serving("db.test", Instant.now().plus(Duration.ofDays(1)));
        tells(conversation -> shows(conversation, other), "is not for localhost, but for db.test");
    }

    @Test
    void oneThatClosesInTheMiddleOfTheHandshakeIsTold() throws Exception {
        tells(
                conversation -> {
                    conversation.expectTlsRequest();
                    conversation.send(YES);
                    conversation.expectBytes(new byte[] {0x16});
                    conversation.send(BEGINNING);
                    conversation.halfClose();
                    conversation.readUntilGone();
                },
                "The server closed the connection while agreeing on TLS.");
    }

    @Test
    void oneThatClosesInsteadOfAnsweringIsTold() throws Exception {
        tells(
                Conversation::expectTlsRequest,
                "The server closed the connection while agreeing on TLS.");
    }

    @Test
    void aHandshakeThatNeverEndsIsEndedByTheTimeToConnect() throws Exception {
        tells(
                conversation -> {
                    conversation.expectTlsRequest();
                    conversation.send(YES);
                    conversation.expectBytes(new byte[] {0x16});
                    conversation.send(BEGINNING);
                    conversation.readUntilGone();
                },
                "did not answer in time while agreeing on TLS",
                "limits: {server_connect_timeout: 300ms}");
    }

    @Test
    void oneThatNeverAnswersIsEndedByTheTimeToConnect() throws Exception {
        tells(
                conversation -> {
                    conversation.expectTlsRequest();
                    conversation.readUntilGone();
                },
                "did not answer in time while agreeing on TLS",
                "limits: {server_connect_timeout: 300ms}");
    }

    @Test
    void oneThatFailedOnceIsTriedAgain() throws Exception {
        var good = papers.serving("localhost", Instant.now().plus(Duration.ofDays(1)));
        try (var server =
                        ScriptedServer.listening(
                                conversation -> {
                                    conversation.expectTlsRequest();
                                    conversation.send(YES);
                                    if (conversation.number() > 1) {
                                        PathRig.answer(conversation.encrypt(good));
                                    }
                                });
                var rig = rig(server);
                var client = rig.connect()) {
            client.logIn(PathRig.USER, PathRig.DATABASE);

            assertThat(client.run("select 1")).hasSize(4);
            assertThat(List.copyOf(warnings.texts)).hasSize(1);
        }
    }

    private static void shows(Conversation conversation, SSLContext context) {
        conversation.expectTlsRequest();
        conversation.send(YES);
        try {
            conversation.encrypt(context).readUntilGone();
        } catch (IOException _) {
            // the client does not believe it
        }
    }
}
