package dev.pointsman.core.wire;

/// Codes and bounds of the protocol that belong to no single message.
public final class Protocol {
    public static final int VERSION_3_0 = 3 << 16;
    public static final int VERSION_3_2 = 3 << 16 | 2;

    /// What a packet without a type byte says in place of a protocol version.
    public static final int CANCEL_REQUEST = 1234 << 16 | 5678;

    public static final int SSL_REQUEST = 1234 << 16 | 5679;
    public static final int GSSENC_REQUEST = 1234 << 16 | 5680;

    /// The one-byte answers to [#SSL_REQUEST] and [#GSSENC_REQUEST].
    public static final byte ENCRYPTION_ACCEPTED_SSL = 'S';

    public static final byte ENCRYPTION_ACCEPTED_GSS = 'G';
    public static final byte ENCRYPTION_REFUSED = 'N';

    /// Bytes of type and length in front of each message's body.
    public static final int HEADER_BYTES = 5;

    /// The longest start-up packet that PostgreSQL takes, its length word included.
    public static final int STARTUP_BYTES_MAX = 10_000;

    private Protocol() {}

    public static int major(int version) {
        return version >>> 16;
    }

    public static int minor(int version) {
        return version & 0xffff;
    }
}
