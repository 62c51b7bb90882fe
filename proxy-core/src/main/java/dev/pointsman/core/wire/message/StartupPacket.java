package dev.pointsman.core.wire.message;

import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.SqlState;

import io.netty.buffer.ByteBuf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a client sends first: the packets without a type byte.
public sealed interface StartupPacket {
    /// The client asks for TLS; it waits for one byte.
    record Ssl() implements StartupPacket {}

    /// The client asks for GSSAPI encryption; it waits for one byte.
    record Gss() implements StartupPacket {}

    /// The client asks to cancel another session's query; it waits for the end of the connection.
    record Cancel(CancelKey key) implements StartupPacket {}

    /// The client wants to log in with protocol 3.`minor`; what is not spoken here of what it asks
    /// for is to be answered with its [#negotiation].
    ///
    /// @param parameters in the order sent, `_pq_.` ones included; of a name sent twice the last
    record Startup(int minor, Map<String, String> parameters) implements StartupPacket {
        private static final String OPTION_PREFIX = "_pq_.";
        private static final int LONG_KEYS_FROM = Protocol.minor(Protocol.VERSION_3_2);
        private static final Set<String> NO =
                Set.of("", "false", "fals", "fal", "fa", "f", "off", "of", "no", "n", "0");

        public Startup {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        }

        /// Never empty.
        public String user() {
            return parameters.getOrDefault("user", "");
        }

        /// The user's name when no database was given, as in PostgreSQL.
        public String database() {
            var name = parameters.getOrDefault("database", "");
            return name.isEmpty() ? user() : name;
        }

        /// Whether a replication connection is asked for.
        public boolean isReplication() {
            return !NO.contains(replication());
        }

        /// Whether it is one that copies the whole server, rather than decodes one database.
        public boolean isPhysical() {
            return isReplication() && !replication().equals("database");
        }

        private String replication() {
            return parameters.getOrDefault("replication", "").toLowerCase(Locale.ROOT);
        }

        /// The same for another database.
        public Startup withDatabase(String database) {
            var changed = new LinkedHashMap<>(parameters);
            changed.put("database", database);
            return new Startup(minor, changed);
        }

        /// Names of the protocol extensions asked for.
        public List<String> protocolOptions() {
            return parameters.keySet().stream()
                    .filter(name -> name.startsWith(OPTION_PREFIX))
                    .toList();
        }

        /// What the client is told before anything else: empty when all that it asks for is spoken
        /// here. It then does without any of the options, and goes on with the version named. As in
        /// PostgreSQL, 3.1 is spoken, as another name for 3.0.
        public Optional<NegotiateProtocolVersion> negotiation() {
            int newest = Protocol.minor(Protocol.VERSION_3_2);
            var unknown = protocolOptions();
            if (minor <= newest && unknown.isEmpty()) {
                return Optional.empty();
            }
            int spoken = Protocol.VERSION_3_0 | Math.min(minor, newest);
            return Optional.of(new NegotiateProtocolVersion(spoken, unknown));
        }

        /// Bytes of the secret in the cancel key that such a client is given.
        public int secretBytes() {
            return minor >= LONG_KEYS_FROM
                    ? CancelKey.SECRET_BYTES_3_2
                    : CancelKey.SECRET_BYTES_3_0;
        }
    }

    /// Takes the packet at the reader index, or nothing while its last byte has not arrived.
    ///
    /// @param maxBytes bound of the whole packet, such as [Protocol#STARTUP_BYTES_MAX]; longer ones
    ///   are refused as soon as their length is known
    /// @throws ProtocolViolation with the SQLSTATE to answer
    static Optional<StartupPacket> read(ByteBuf in, int maxBytes) {
        if (in.readableBytes() < 4) {
            return Optional.empty();
        }
        int length = in.getInt(in.readerIndex());
        if (length < 8 || length > maxBytes) {
            throw new ProtocolViolation(
                    "a start-up packet says it has %d bytes; 8 to %d are allowed"
                            .formatted(length, maxBytes));
        }
        if (in.readableBytes() < length) {
            return Optional.empty();
        }
        var body = in.readSlice(length).skipBytes(4);
        return Optional.of(decode(body));
    }

    private static StartupPacket decode(ByteBuf body) {
        int code = body.readInt();
        return switch (code) {
            case Protocol.SSL_REQUEST -> {
                Fields.needEnd(body, "an SSLRequest");
                yield new Ssl();
            }
            case Protocol.GSSENC_REQUEST -> {
                Fields.needEnd(body, "a GSSENCRequest");
                yield new Gss();
            }
            case Protocol.CANCEL_REQUEST -> new Cancel(CancelKey.decode(body));
            default -> startup(code, body);
        };
    }

    private static Startup startup(int version, ByteBuf body) {
        if (Protocol.major(version) != 3) {
            throw new ProtocolViolation(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "protocol %d.%d is not supported; use protocol 3.0 or 3.2"
                            .formatted(Protocol.major(version), Protocol.minor(version)));
        }
        var parameters = new LinkedHashMap<String, String>();
        var name = Fields.readString(body, "the start-up packet");
        while (!name.isEmpty()) {
            parameters.put(name, Fields.readString(body, "the start-up packet"));
            name = Fields.readString(body, "the start-up packet");
        }
        Fields.needEnd(body, "the start-up packet");
        if (parameters.getOrDefault("user", "").isEmpty()) {
            throw new ProtocolViolation(
                    SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                    "the start-up packet names no user");
        }
        return new Startup(Protocol.minor(version), parameters);
    }
}
