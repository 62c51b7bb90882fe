package dev.pointsman.core.wire;

/// What a server says about its transaction in ReadyForQuery.
public enum TransactionStatus {
    /// No transaction is open.
    IDLE('I'),
    /// A transaction block is open.
    OPEN('T'),
    /// A transaction block is open and has failed; only its end is accepted.
    FAILED('E');

    private final byte code;

    TransactionStatus(char code) {
        this.code = (byte) code;
    }

    public byte code() {
        return code;
    }

    /// The status that a byte stands for.
    ///
    /// @throws ProtocolViolation for a byte that is none of the three
    public static TransactionStatus of(byte code) {
        return switch (code) {
            case 'I' -> IDLE;
            case 'T' -> OPEN;
            case 'E' -> FAILED;
            default ->
                    throw new ProtocolViolation(
                            "ReadyForQuery carries the unknown transaction status 0x%02x"
                                    .formatted(code));
        };
    }
}
