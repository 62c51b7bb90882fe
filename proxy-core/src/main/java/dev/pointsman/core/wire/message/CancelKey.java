package dev.pointsman.core.wire.message;

import dev.pointsman.core.wire.ProtocolViolation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/// What allows to cancel a session's query: the body of BackendKeyData and of CancelRequest.
///
/// Usable as a key of a map. Two keys are compared in constant time. The secret has 4 bytes up to
/// protocol 3.0 and at most 256 from 3.2 on; it never appears in text.
public final class CancelKey {
    public static final int SECRET_BYTES_3_0 = 4;
    public static final int SECRET_BYTES_3_2 = 32;
    public static final int SECRET_BYTES_MAX = 256;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final int processId;
    private final byte[] secret;

    /// A key with a secret of 1 to 256 bytes.
    public CancelKey(int processId, byte[] secret) {
        if (secret.length == 0 || secret.length > SECRET_BYTES_MAX) {
            throw new IllegalArgumentException("a cancel key's secret has 1 to 256 bytes");
        }
        this.processId = processId;
        this.secret = secret.clone();
    }

    /// A key with a fresh unguessable secret.
    public static CancelKey random(int processId, int secretBytes) {
        var secret = new byte[secretBytes];
        RANDOM.nextBytes(secret);
        return new CancelKey(processId, secret);
    }

    /// Reads the body of BackendKeyData, or what follows the code in a CancelRequest.
    public static CancelKey decode(ByteBuf body) {
        int processId = Fields.readInt(body, "a cancel key");
        int length = body.readableBytes();
        if (length == 0 || length > SECRET_BYTES_MAX) {
            throw new ProtocolViolation(
                    "a cancel key's secret has %d bytes; 1 to 256 are allowed".formatted(length));
        }
        return new CancelKey(processId, ByteBufUtil.getBytes(body.readSlice(length)));
    }

    public int processId() {
        return processId;
    }

    void write(ByteBuf out) {
        out.writeInt(processId).writeBytes(secret);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CancelKey key
                && key.processId == processId
                && MessageDigest.isEqual(key.secret, secret);
    }

    @Override
    public int hashCode() {
        return 31 * processId + Arrays.hashCode(secret);
    }

    @Override
    public String toString() {
        return "CancelKey[processId=" + processId + "]";
    }
}
