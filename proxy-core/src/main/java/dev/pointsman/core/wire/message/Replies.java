package dev.pointsman.core.wire.message;

import dev.pointsman.core.wire.BackendType;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.TransactionStatus;

import io.netty.buffer.ByteBuf;

import java.util.List;

/// Writes what a server says to a client that has logged in.
public final class Replies {
    private Replies() {}

    public static void readyForQuery(ByteBuf out, TransactionStatus status) {
        out.writeByte(BackendType.READY_FOR_QUERY).writeInt(5).writeByte(status.code());
    }

    /// An ErrorResponse for errors, a NoticeResponse for warnings and notices.
    public static void report(ByteBuf out, ErrorReport report) {
        byte type =
                switch (report.severity()) {
                    case ERROR, FATAL -> BackendType.ERROR_RESPONSE;
                    case WARNING, NOTICE -> BackendType.NOTICE_RESPONSE;
                };
        int length = Fields.begin(out, type);
        field(out, 'S', report.severity().name());
        field(out, 'V', report.severity().name());
        field(out, 'C', report.sqlState().code());
        field(out, 'M', report.message());
        field(out, 'D', report.detail());
        field(out, 'H', report.hint());
        out.writeByte(0);
        Fields.end(out, length);
    }

    public static void commandComplete(ByteBuf out, String tag) {
        int length = Fields.begin(out, BackendType.COMMAND_COMPLETE);
        Fields.writeString(out, tag);
        Fields.end(out, length);
    }

    public static void parameterDescription(ByteBuf out, List<Integer> typeOids) {
        int length = Fields.begin(out, BackendType.PARAMETER_DESCRIPTION);
        out.writeShort(typeOids.size());
        for (int oid : typeOids) {
            out.writeInt(oid);
        }
        Fields.end(out, length);
    }

    public static void emptyQueryResponse(ByteBuf out) {
        Fields.empty(out, BackendType.EMPTY_QUERY_RESPONSE);
    }

    public static void parseComplete(ByteBuf out) {
        Fields.empty(out, BackendType.PARSE_COMPLETE);
    }

    public static void bindComplete(ByteBuf out) {
        Fields.empty(out, BackendType.BIND_COMPLETE);
    }

    public static void closeComplete(ByteBuf out) {
        Fields.empty(out, BackendType.CLOSE_COMPLETE);
    }

    public static void noData(ByteBuf out) {
        Fields.empty(out, BackendType.NO_DATA);
    }

    public static void portalSuspended(ByteBuf out) {
        Fields.empty(out, BackendType.PORTAL_SUSPENDED);
    }

    /// Zero bytes in what people wrote are replaced: the text may quote a client's bytes.
    private static void field(ByteBuf out, char letter, String text) {
        if (text.isEmpty()) {
            return;
        }
        out.writeByte(letter);
        Fields.writeString(out, text.replace((char) 0, '\ufffd'));
    }
}
