package dev.pointsman.core.wire;

/// The type bytes of messages that a client sends, as constants for `switch`.
///
/// Several letters mean different things in the two directions; [BackendType] has the other half.
public final class FrontendType {
    public static final byte BIND = 'B';
    public static final byte CLOSE = 'C';
    public static final byte DESCRIBE = 'D';
    public static final byte EXECUTE = 'E';
    public static final byte FUNCTION_CALL = 'F';
    public static final byte FLUSH = 'H';
    public static final byte PARSE = 'P';
    public static final byte QUERY = 'Q';
    public static final byte SYNC = 'S';
    public static final byte TERMINATE = 'X';
    public static final byte COPY_DONE = 'c';
    public static final byte COPY_DATA = 'd';
    public static final byte COPY_FAIL = 'f';

    /// PasswordMessage, SASLInitialResponse, SASLResponse and GSSResponse share one letter.
    public static final byte PASSWORD = 'p';

    private FrontendType() {}

    /// Whether a message of this type is part of what a client copies in.
    public static boolean isCopy(int type) {
        return type == COPY_DATA || type == COPY_DONE || type == COPY_FAIL;
    }
}
