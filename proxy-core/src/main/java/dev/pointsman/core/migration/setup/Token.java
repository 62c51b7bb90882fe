package dev.pointsman.core.migration.setup;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.OurSchema;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/// A publication under a random name, of an empty table of ours, that stands on one server for a
/// moment. Whoever sees it is connected to that server and to no other: a login proves less, since
/// another server may have the same database, role and password.
///
/// A subscription looks up the tables of its publications while it is made. This table is not
/// there, so making one fails on every version, with an error that tells that the token was seen;
/// elsewhere it succeeds and is rolled back.
public final class Token implements AutoCloseable {
    private static final String PREFIX = "pointsman_probe_";

    /// Whoever shows a token holds it shared: with nobody there, what is left belongs to the dead.
    private static final long LOCK = 0x706f_696e_7473_6d6eL;

    private static final Set<String> SEEN = Set.of("42P01", "3F000");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Cluster from;
    private final Connection connection;
    private final String name = PREFIX + new BigInteger(63, RANDOM).toString(36);
    private boolean schemaMade;

    private Token(Cluster from, Connection connection) {
        this.from = from;
        this.connection = connection;
    }

    /// Shows one on that server until it is closed.
    ///
    /// @throws SQLException also where the control user may not publish there
    public static Token on(Cluster from) throws SQLException {
        var token = new Token(from, from.dedicated());
        try {
            token.show();
            return token;
        } catch (SQLException e) {
            token.connection.close();
            throw e;
        }
    }

    private void show() throws SQLException {
        if (Sql.is(connection, "SELECT pg_try_advisory_lock(?)", LOCK)) {
            sweep();
            Sql.run(connection, "SELECT pg_advisory_unlock(?)", LOCK);
        }
        Sql.run(connection, "SELECT pg_advisory_lock_shared(?)", LOCK);
        schemaMade = Sql.is(connection, "SELECT to_regnamespace('pointsman') IS NULL");
        OurSchema.inTransaction(
                connection,
                () -> {
                    Sql.run(connection, "CREATE SCHEMA IF NOT EXISTS pointsman");
                    Sql.run(connection, "CREATE TABLE " + table(name) + " (id int)");
                    Sql.run(
                            connection,
                            "CREATE PUBLICATION " + name + " FOR TABLE ONLY " + table(name));
                });
    }

    private static String table(String name) {
        return OurSchema.NAME + "." + name;
    }

    /// Takes away what a process that was killed has left.
    private void sweep() throws SQLException {
        for (var left :
                Sql.texts(
                        connection,
                        "SELECT pubname FROM pg_publication WHERE starts_with(pubname::text, ?)",
                        PREFIX)) {
            remove(left);
        }
    }

    private void remove(String token) throws SQLException {
        Sql.run(connection, "DROP PUBLICATION IF EXISTS " + token);
        Sql.run(connection, "DROP TABLE IF EXISTS " + table(token));
    }

    /// Whether a subscription on `cluster` would come to this server: tried, and never committed.
    ///
    /// @throws SQLException when it cannot connect, or may not
    public boolean isSeenFrom(Cluster cluster) throws SQLException {
        var sql =
                "CREATE SUBSCRIPTION pointsman_probe CONNECTION "
                        + Sql.literal(new PeerAddress(from.server()).conninfo())
                        + " PUBLICATION "
                        + name
                        + " WITH (create_slot = false, slot_name ="
                        + " 'pointsman_probe', enabled = false, copy_data = false)";
        try (var subscriber = cluster.dedicated()) {
            subscriber.setAutoCommit(false);
            Sql.run(subscriber, sql);
            subscriber.rollback();
            return false;
        } catch (SQLException e) {
            if (SEEN.contains(e.getSQLState())) {
                return true;
            }
            throw e;
        }
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            remove(name);
            if (schemaMade) {
                dropSchema();
            }
        }
    }

    /// Somebody may have begun to use it meanwhile.
    private void dropSchema() throws SQLException {
        try {
            Sql.run(connection, "DROP SCHEMA IF EXISTS pointsman");
        } catch (SQLException e) {
            if (!"2BP01".equals(e.getSQLState())) {
                throw e;
            }
        }
    }
}
