package dev.pointsman.core.migration;

/// One row of SHOW TABLES.
///
/// @param table qualified and quoted as SQL wants it
/// @param state `waiting, copying, copied, catching-up, ready`, or `missing` when the subscription
///   does not know the table
/// @param bytes size on the source
/// @param copiedBytes what the running copy has processed, or the size once it is done
/// @param rows the source's estimate; -1 when it has none
public record TableStatus(
        String database, String table, String state, long bytes, long copiedBytes, long rows) {}
