package dev.pointsman.admin.rows;

/// The PostgreSQL types that results use, with their object ids.
public enum ColumnType {
    BOOL(16, 1),
    INT8(20, 8),
    INT4(23, 4),
    TEXT(25, -1),
    TIMESTAMPTZ(1184, 8),
    NUMERIC(1700, -1);

    private final int oid;
    private final int size;

    ColumnType(int oid, int size) {
        this.oid = oid;
        this.size = size;
    }

    public int oid() {
        return oid;
    }

    /// Bytes of a value, -1 where it varies: `typlen` in pg_type.
    public int size() {
        return size;
    }
}
