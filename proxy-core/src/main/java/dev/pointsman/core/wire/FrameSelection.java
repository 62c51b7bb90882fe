package dev.pointsman.core.wire;

import java.util.Arrays;

/// Which messages a [FrameScanner] reports, how much of their bodies it keeps, and how long each
/// type may be. Immutable; build it once per kind of reader and share it.
///
/// The bounds on lengths are PostgreSQL's own where the server or libpq has one, wider where real
/// drivers accept more. A type that the protocol does not know is a violation: guessing on would
/// mean to look for a ReadyForQuery in the middle of somebody's data.
public final class FrameSelection {
    /// A length word may not exceed this for types without a bound of their own (1 GiB).
    public static final int LENGTH_MAX = 0x3fff_ffff + 4;

    static final int NOT_REPORTED = -1;

    private static final int EMPTY = 4;
    private static final int SMALL = 10_000;
    private static final int MEDIUM = 30_000;
    private static final int AUTHENTICATION_MAX = 65_535;
    private static final int PARAMETERS_MAX = 65_535;
    private static final int SECRET_MAX = 256;
    private static final int TYPES = 128;

    private final String sender;
    private final int[] min;
    private final int[] max;
    private final int[] kept;

    private FrameSelection(String sender, int[] min, int[] max, int[] kept) {
        this.sender = sender;
        this.min = min;
        this.max = max;
        this.kept = kept;
    }

    /// Reports nothing yet of what a client sends.
    public static FrameSelection ofFrontend() {
        var none = none("client");
        none.bound("QFBPd", 4, LENGTH_MAX);
        none.bound("CDEf", 5, SMALL);
        none.bound("SHXc", EMPTY, EMPTY);
        none.bound("p", 4, AUTHENTICATION_MAX);
        return none;
    }

    /// Reports nothing yet of what a server sends.
    public static FrameSelection ofBackend() {
        var none = none("server");
        none.bound("TDdEN", 4, LENGTH_MAX);
        none.bound("AV", 8, LENGTH_MAX);
        none.bound("123Insc", EMPTY, EMPTY);
        none.bound("Z", 5, 5);
        none.bound("CS", 5, MEDIUM);
        none.bound("K", 8, 8 + SECRET_MAX);
        none.bound("R", 8, AUTHENTICATION_MAX);
        none.bound("GHW", 7, 7 + 2 * PARAMETERS_MAX);
        none.bound("t", 6, 6 + 4 * PARAMETERS_MAX);
        none.bound("v", 12, MEDIUM);
        return none;
    }

    /// The same selection that also reports each message of `type` as soon as its header and the
    /// first `bodyBytes` of its body (all of it, when it is shorter) are there.
    ///
    /// @param bodyBytes at least 0; what a split message may make a scanner buffer
    public FrameSelection with(byte type, int bodyBytes) {
        if (bodyBytes < 0 || type < 0 || max[type] == 0) {
            throw new IllegalArgumentException(
                    "no %s message type 0x%02x, or %d bytes".formatted(sender, type, bodyBytes));
        }
        var more = new FrameSelection(sender, min, max, kept.clone());
        more.kept[type] = bodyBytes;
        return more;
    }

    /// The same selection that also reports every type not yet selected, at its header; itself when
    /// there is none, so that a thousand readers share one.
    public FrameSelection withAllHeaders() {
        if (Arrays.stream(kept).noneMatch(bytes -> bytes == NOT_REPORTED)) {
            return this;
        }
        var more = new FrameSelection(sender, min, max, kept.clone());
        for (int type = 0; type < TYPES; type++) {
            more.kept[type] = Math.max(0, kept[type]);
        }
        return more;
    }

    /// How many bytes of the body to keep, or [#NOT_REPORTED].
    ///
    /// @throws ProtocolViolation for an unknown type or a length out of bounds
    int check(byte type, int length) {
        if (type < 0 || length < min[type] || length > max[type]) {
            throw violation(type, length);
        }
        return kept[type];
    }

    private ProtocolViolation violation(byte type, int length) {
        if (type < 0 || max[type] == 0) {
            return new ProtocolViolation(
                    "the %s sent the unknown message type 0x%02x".formatted(sender, type));
        }
        return new ProtocolViolation(
                "the %s sent a message of type '%c' with length %d; %d to %d are allowed"
                        .formatted(sender, (char) type, length, min[type], max[type]));
    }

    private static FrameSelection none(String sender) {
        var kept = new int[TYPES];
        Arrays.fill(kept, NOT_REPORTED);
        // Of a type that is not known no length is right, 0 neither.
        var min = new int[TYPES];
        Arrays.fill(min, 1);
        return new FrameSelection(sender, min, new int[TYPES], kept);
    }

    private void bound(String types, int from, int to) {
        for (int i = 0; i < types.length(); i++) {
            min[types.charAt(i)] = from;
            max[types.charAt(i)] = to;
        }
    }
}
