package dev.pointsman.core.wire.message;

import dev.pointsman.core.wire.BackendType;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.TransactionStatus;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Writes what a server says to a client that has logged in.
public final class Replies {
    /// A column of text-format results.
    ///
    /// @param typeOid the type's OID in `pg_type`
    /// @param typeLength its `typlen`: bytes, or -1 for variable length
    public record Column(String name, int typeOid, int typeLength) {
        public static Column text(String name) {
            return new Column(name, 25, -1);
        }

        public static Column bool(String name) {
            return new Column(name, 16, 1);
        }

        public static Column int4(String name) {
            return new Column(name, 23, 4);
        }

        public static Column int8(String name) {
            return new Column(name, 20, 8);
        }

        public static Column numeric(String name) {
            return new Column(name, 1700, -1);
        }

        public static Column timestamptz(String name) {
            return new Column(name, 1184, 8);
        }
    }

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

    /// At most 65,535 columns, all in text format.
    public static void rowDescription(ByteBuf out, List<Column> columns) {
        int length = Fields.begin(out, BackendType.ROW_DESCRIPTION);
        out.writeShort(columns.size());
        for (var column : columns) {
            Fields.writeString(out, column.name());
            out.writeInt(0).writeShort(0);
            out.writeInt(column.typeOid()).writeShort(column.typeLength());
            out.writeInt(-1).writeShort(0);
        }
        Fields.end(out, length);
    }

    /// One value a column; null is SQL's NULL.
    public static void dataRow(ByteBuf out, List<? extends @Nullable String> values) {
        int length = Fields.begin(out, BackendType.DATA_ROW);
        out.writeShort(values.size());
        for (var value : values) {
            writeValue(out, value);
        }
        Fields.end(out, length);
    }

    static void writeValue(ByteBuf out, @Nullable String value) {
        if (value == null) {
            out.writeInt(-1);
            return;
        }
        out.writeInt(ByteBufUtil.utf8Bytes(value));
        Fields.writeText(out, value);
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
