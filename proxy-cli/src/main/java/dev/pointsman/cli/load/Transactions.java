package dev.pointsman.cli.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/// The transactions that clients do, on one connection. Each writing one carries a write's id and
/// is committed when it returns.
final class Transactions implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement readAccount;
    private final PreparedStatement readPurchase;
    private final PreparedStatement addEvent;
    private final PreparedStatement count;
    private final PreparedStatement addPosting;
    private final PreparedStatement addPurchase;
    private final PreparedStatement pay;

    Transactions(Connection connection, LoadTables tables) throws SQLException {
        this.connection = connection;
        var in = tables.schema();
        readAccount = prepare("SELECT owner, writes FROM " + in + ".account WHERE id = ?");
        readPurchase = prepare("SELECT status FROM " + in + ".purchase WHERE write_id = ?");
        addEvent = prepare("INSERT INTO " + in + ".event (write_id) VALUES (?) RETURNING id");
        count = prepare("UPDATE " + in + ".account SET writes = writes + 1 WHERE id = ?");
        addPosting =
                prepare(
                        "INSERT INTO "
                                + in
                                + ".posting (write_id, account, amount) VALUES (?, ?, 1)");
        addPurchase =
                prepare(
                        "INSERT INTO "
                                + in
                                + ".purchase (write_id, status) VALUES (?, 'new') RETURNING"
                                + " number");
        pay = prepare("UPDATE " + in + ".purchase SET status = 'paid' WHERE number = ?");
    }

    /// A read of one row.
    void readAccount(int account) throws SQLException {
        readAccount.setInt(1, account);
        one(readAccount, "account " + account).close();
    }

    /// A read of a purchase that was acknowledged: it must be there, paid.
    void readPurchase(long id) throws SQLException {
        readPurchase.setLong(1, id);
        try (var row = one(readPurchase, "acknowledged purchase " + id)) {
            if (!"paid".equals(row.getString(1))) {
                throw new SQLException("acknowledged purchase " + id + " is not paid");
            }
        }
    }

    /// One statement that writes one row, with a key from an identity column.
    void event(long id) throws SQLException {
        addEvent.setLong(1, id);
        one(addEvent, "the key of event " + id).close();
    }

    /// Two statements: a counter, and a row without a key.
    void posting(long id, int account) throws SQLException {
        connection.setAutoCommit(false);
        count.setInt(1, account);
        exactlyOne(count.executeUpdate(), "account " + account);
        addPosting.setLong(1, id);
        addPosting.setInt(2, account);
        addPosting.executeUpdate();
        connection.commit();
        connection.setAutoCommit(true);
    }

    /// Two statements: a row in a partitioned table with a key from a sequence, then a change to
    /// it.
    void purchase(long id) throws SQLException {
        connection.setAutoCommit(false);
        addPurchase.setLong(1, id);
        try (var row = one(addPurchase, "the number of purchase " + id)) {
            pay.setLong(1, row.getLong(1));
        }
        exactlyOne(pay.executeUpdate(), "purchase " + id);
        connection.commit();
        connection.setAutoCommit(true);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    private static ResultSet one(PreparedStatement query, String what) throws SQLException {
        var rows = query.executeQuery();
        if (!rows.next()) {
            throw new SQLException(what + " is not there");
        }
        return rows;
    }

    private static void exactlyOne(int rows, String what) throws SQLException {
        if (rows != 1) {
            throw new SQLException(rows + " rows of " + what + " changed");
        }
    }
}
