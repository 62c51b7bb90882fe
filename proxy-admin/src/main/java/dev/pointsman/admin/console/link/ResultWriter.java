package dev.pointsman.admin.console.link;

import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.CellFormat;
import dev.pointsman.admin.rows.Column;
import dev.pointsman.core.wire.BackendType;

import io.netty.buffer.ByteBuf;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes rows in the formats that a driver chose when it bound the portal.
public final class ResultWriter {
    private ResultWriter() {}

    public static void description(ByteBuf out, List<Column> columns, Formats formats) {
        int start = begin(out, BackendType.ROW_DESCRIPTION);
        out.writeShort(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            out.writeBytes(column.name().getBytes(StandardCharsets.UTF_8)).writeByte(0);
            out.writeInt(0).writeShort(0);
            out.writeInt(column.type().oid()).writeShort(column.type().size());
            out.writeInt(-1).writeShort(formats.of(i).code());
        }
        end(out, start);
    }

    public static void row(ByteBuf out, List<Column> columns, List<Cell> cells, Formats formats) {
        int start = begin(out, BackendType.DATA_ROW);
        out.writeShort(cells.size());
        for (int i = 0; i < cells.size(); i++) {
            var cell = cells.get(i);
            if (CellFormat.isNull(cell)) {
                out.writeInt(-1);
            } else {
                var bytes = formats.of(i).bytes(cell, columns.get(i).type());
                out.writeInt(bytes.length).writeBytes(bytes);
            }
        }
        end(out, start);
    }

    private static int begin(ByteBuf out, byte type) {
        out.writeByte(type).writeInt(0);
        return out.writerIndex() - Integer.BYTES;
    }

    private static void end(ByteBuf out, int lengthAt) {
        out.setInt(lengthAt, out.writerIndex() - lengthAt);
    }

    /// None for text throughout, one for all columns, or one for each.
    public record Formats(List<CellFormat> formats) {
        public static final Formats TEXT = new Formats(List.of());

        public CellFormat of(int column) {
            return switch (formats.size()) {
                case 0 -> CellFormat.TEXT;
                case 1 -> formats.getFirst();
                default -> formats.get(column);
            };
        }

        public boolean fit(int columns) {
            return formats.size() <= 1 || formats.size() == columns;
        }
    }
}
