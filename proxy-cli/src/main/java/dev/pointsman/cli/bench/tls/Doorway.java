package dev.pointsman.cli.bench.tls;

import dev.pointsman.cli.load.Address;
import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.tls.ServerTls;
import dev.pointsman.core.tls.TlsToServer;
import dev.pointsman.core.wire.BackendType;
import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.auth.ScramClient;
import dev.pointsman.core.wire.auth.ScramKeys;
import dev.pointsman.core.wire.auth.ScramServer;
import dev.pointsman.core.wire.message.AuthenticationRequest;
import dev.pointsman.core.wire.message.Requests;
import dev.pointsman.core.wire.message.ServerMessage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.jspecify.annotations.Nullable;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import javax.net.ssl.SSLSocketFactory;

/// Logs in as cheaply as a client can: the slow part of SCRAM is computed for the first login and
/// kept. Each handshake is a full one. Any thread.
final class Doorway {
    private static final int ANSWER_MAX_MILLIS = 30_000;

    private final Address address;
    private final Optional<SSLSocketFactory> encryption;
    private final AtomicLong number = new AtomicLong();
    private volatile @Nullable ScramKeys known;

    Doorway(Address address, boolean encrypted) {
        this.address = address;
        this.encryption =
                encrypted
                        ? Optional.of(
                                TlsToServer.of(ServerTls.of(SslMode.REQUIRE))
                                        .sockets(address.host()))
                        : Optional.empty();
    }

    /// A connection that has logged in and is idle.
    Socket enter() throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_MAX_MILLIS);
            socket.connect(new InetSocketAddress(address.host(), address.port()));
            if (encryption.isPresent()) {
                socket = encrypted(socket, encryption.get());
            }
            login(socket);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /// Ends a session as clients do.
    static void leave(Socket socket) throws IOException {
        try (socket) {
            send(socket, Requests::terminate);
        }
    }

    /// A name of its own for each, so that no session is resumed.
    private Socket encrypted(Socket socket, SSLSocketFactory factory) throws IOException {
        send(socket, Requests::sslRequest);
        if (socket.getInputStream().read() != 'S') {
            throw new IOException("the proxy does not encrypt");
        }
        return factory.createSocket(
                socket, "login-" + number.incrementAndGet(), address.port(), true);
    }

    private void login(Socket socket) throws IOException {
        var packet = Map.of("user", address.user(), "database", address.database());
        send(socket, out -> Requests.startup(out, Protocol.VERSION_3_0, packet));
        var in = new DataInputStream(socket.getInputStream());
        var scram = new ScramClient();
        while (true) {
            byte type = in.readByte();
            var body = Unpooled.wrappedBuffer(in.readNBytes(in.readInt() - Integer.BYTES));
            if (type == BackendType.READY_FOR_QUERY) {
                return;
            }
            if (type == BackendType.ERROR_RESPONSE) {
                throw new IOException(ServerMessage.decode(body).summary());
            }
            if (type == BackendType.AUTHENTICATION) {
                answer(socket, scram, AuthenticationRequest.decode(body));
            }
        }
    }

    private void answer(Socket socket, ScramClient scram, AuthenticationRequest request)
            throws IOException {
        switch (request) {
            case AuthenticationRequest.Sasl _ ->
                    send(
                            socket,
                            out ->
                                    Requests.saslInitialResponse(
                                            out, ScramServer.MECHANISM, scram.clientFirst()));
            case AuthenticationRequest.SaslContinue(var data) -> {
                var challenge = scram.challenge(data);
                var keys = keys(challenge);
                send(socket, out -> Requests.saslResponse(out, challenge.answer(keys)));
            }
            // Whether the proxy knows the password, too, is nothing that is measured here.
            case AuthenticationRequest.SaslFinal _, AuthenticationRequest.Ok _ -> {}
            case AuthenticationRequest.CleartextPassword _,
                    AuthenticationRequest.Md5Password _,
                    AuthenticationRequest.Unsupported _ ->
                    throw new IOException("the proxy asks for something else than SCRAM");
        }
    }

    private ScramKeys keys(ScramClient.Challenge challenge) {
        var keys = known;
        if (keys == null || !keys.fit(challenge)) {
            keys = ScramKeys.derive(address.password(), challenge.salt(), challenge.iterations());
            known = keys;
        }
        return keys;
    }

    private static void send(Socket socket, Consumer<ByteBuf> request) throws IOException {
        var out = Unpooled.buffer();
        request.accept(out);
        socket.getOutputStream().write(out.array(), 0, out.readableBytes());
    }
}
