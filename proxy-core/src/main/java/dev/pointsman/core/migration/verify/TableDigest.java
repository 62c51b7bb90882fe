package dev.pointsman.core.migration.verify;

import dev.pointsman.core.cluster.Sql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/// How many rows a table has, and the sum of their hashes: the same for the same rows in any order,
/// whatever the server's version, encoding or hash functions. A row that is there twice counts
/// twice.
///
/// @param hash 32 hexadecimal digits
public record TableDigest(long rows, String hash) {
    /// Of a table that could not be read.
    static final TableDigest NONE = new TableDigest(-1, "");

    private static final BigInteger WORD = BigInteger.ONE.shiftLeft(64);

    /// What makes the text form of a value the same on every server.
    static final List<String> SETTINGS =
            List.of(
                    "SET extra_float_digits = 1",
                    "SET DateStyle = 'ISO, YMD'",
                    "SET TimeZone = 'UTC'",
                    "SET IntervalStyle = 'postgres'",
                    "SET bytea_output = 'hex'",
                    "SET lc_monetary = 'C'",
                    "SET search_path = pg_catalog",
                    "SET row_security = off");

    /// The query of one table, of these columns in this order.
    static String sql(String table, List<String> columns) {
        var row =
                columns.stream()
                        .map(column -> "t." + Sql.identifier(column))
                        .collect(Collectors.joining(", ", "ROW(", ")"));
        return """
        SELECT count(*),
               coalesce(sum(('x' || substr(h, 1, 16))::bit(64)::bigint), 0),
               coalesce(sum(('x' || substr(h, 17, 16))::bit(64)::bigint), 0)
          FROM (SELECT encode(sha256(convert_to(%s::text, 'UTF8')), 'hex') AS h
                  FROM ONLY %s AS t) AS hashed\
        """
                .formatted(row, table);
    }

    static TableDigest read(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("no digest came");
            }
            return new TableDigest(row.getLong(1), word(row, 2) + word(row, 3));
        }
    }

    private static String word(ResultSet row, int column) throws SQLException {
        BigDecimal sum = row.getBigDecimal(column);
        return "%016x".formatted(sum.toBigIntegerExact().mod(WORD));
    }
}
