package dev.pointsman.cli.load;

import java.sql.Connection;
import java.sql.SQLException;

/// The tables that the load works on, in a schema of their own: of each kind that replication
/// treats in its own way, one. No table has a unique key on `write_id`, so that a write that
/// happened twice can be seen.
///
/// `event` has an identity column, `purchase` is partitioned and has an enum and a sequence,
/// `posting` has no key and is only inserted into, `account` is only updated.
public record LoadTables(String schema) {
    /// What a schema may be called here.
    public static final String PLAIN_NAME = "[a-z_][a-z0-9_]{0,40}";

    static final int ACCOUNTS = 64;

    public LoadTables {
        if (!schema.matches(PLAIN_NAME)) {
            throw new IllegalArgumentException("not a plain schema name: " + schema);
        }
    }

    /// Makes what is missing; no rows.
    public void create(Connection connection) throws SQLException {
        execute(
                connection,
                """
                CREATE SCHEMA IF NOT EXISTS %1$s;
                DO $$ BEGIN
                    CREATE TYPE %1$s.status AS ENUM ('new', 'paid', 'shipped');
                EXCEPTION WHEN duplicate_object THEN NULL;
                END $$;
                CREATE TABLE IF NOT EXISTS %1$s.account (
                    id int PRIMARY KEY, owner text NOT NULL, writes bigint NOT NULL);
                CREATE TABLE IF NOT EXISTS %1$s.event (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    write_id bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
                CREATE TABLE IF NOT EXISTS %1$s.posting (
                    write_id bigint NOT NULL, account int NOT NULL, amount bigint NOT NULL);
                CREATE SEQUENCE IF NOT EXISTS %1$s.purchase_number;
                CREATE TABLE IF NOT EXISTS %1$s.purchase (
                    number bigint NOT NULL DEFAULT nextval('%1$s.purchase_number') PRIMARY KEY,
                    write_id bigint NOT NULL, status %1$s.status NOT NULL,
                    at timestamptz NOT NULL DEFAULT now()) PARTITION BY HASH (number);
                CREATE TABLE IF NOT EXISTS %1$s.purchase_even
                    PARTITION OF %1$s.purchase FOR VALUES WITH (MODULUS 2, REMAINDER 0);
                CREATE TABLE IF NOT EXISTS %1$s.purchase_odd
                    PARTITION OF %1$s.purchase FOR VALUES WITH (MODULUS 2, REMAINDER 1);
                CREATE INDEX IF NOT EXISTS purchase_write_id ON %1$s.purchase (write_id);
                """
                        .formatted(schema));
    }

    /// The rows that the load expects; those that are there stay.
    public void fill(Connection connection) throws SQLException {
        execute(
                connection,
                """
                INSERT INTO %1$s.account
                SELECT id, 'owner ' || id, 0 FROM generate_series(1, %2$d) id
                ON CONFLICT DO NOTHING
                """
                        .formatted(schema, ACCOUNTS));
    }

    public void drop(Connection connection) throws SQLException {
        execute(connection, "DROP SCHEMA IF EXISTS " + schema + " CASCADE");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
