package dev.pointsman.cli.driver;

import dev.pointsman.cli.driver.jvm.PgJdbc;
import dev.pointsman.cli.driver.jvm.R2dbc;
import dev.pointsman.cli.driver.jvm.VertxPg;

import java.util.Arrays;
import java.util.List;

/// Every driver of the matrix. docs/reference/drivers.md says the same, and a test compares them.
final class Drivers {
    private static final List<String> PYTHON = List.of("/usr/bin/python3", "python3");

    /// A login that is tied to the certificate.
    private static final String BOUND = "&channel_binding=require";

    private Drivers() {}

    static List<Driver> all() {
        return List.of(
                new PgJdbc(),
                new R2dbc(),
                new VertxPg(),
                libpq(
                        "psql",
                        "prepared batch copy cancel notice notify large error timezone arrays"
                                + " cursor",
                        "notify",
                        Toolchain.shell("shell/psql.sh", "postgresql-client", "psql"),
                        false),
                libpq(
                        "pgbench",
                        "simple extended prepared pipeline connect",
                        "",
                        Toolchain.shell("shell/pgbench.sh", "postgresql-contrib", "pgbench"),
                        true),
                new Child(
                        "psycopg 3",
                        words(
                                "prepared batch pipeline copy cancel notice notify large error"
                                        + " timezone arrays cursor"),
                        words("notify"),
                        new Toolchain.Script(
                                PYTHON,
                                List.of("-c", "import psycopg"),
                                "python/psycopg3.py",
                                "python3-psycopg"),
                        "",
                        BOUND,
                        100,
                        true),
                child(
                        "asyncpg",
                        "prepared batch copy cancel notice notify large error timezone arrays"
                                + " cursor pool",
                        "notify",
                        new Toolchain.Script(
                                PYTHON,
                                List.of("-c", "import asyncpg"),
                                "python/asyncpg_driver.py",
                                "python3-asyncpg"),
                        true),
                child(
                        "node-postgres",
                        "prepared batch copy cancel notice notify large error timezone arrays"
                                + " cursor pool",
                        "notify",
                        new Toolchain.Node("pg_driver.js"),
                        true),
                child(
                        "Postgres.js",
                        "prepared batch pipeline copy cancel notice notify large error timezone"
                                + " arrays cursor pool",
                        "notify",
                        new Toolchain.Node("postgres_driver.js"),
                        true),
                libpq(
                        "DBD::Pg",
                        "prepared batch copy cancel notice notify large error timezone arrays"
                                + " cursor largeobject",
                        "notify",
                        new Toolchain.Script(
                                List.of("/usr/bin/perl", "perl"),
                                List.of("-MDBD::Pg", "-e", "1"),
                                "perl/dbd_pg.pl",
                                "libdbd-pg-perl"),
                        true),
                libpq(
                        "ruby-pg",
                        "prepared batch pipeline copy cancel notice notify large error timezone"
                                + " arrays cursor",
                        "notify",
                        new Toolchain.Script(
                                List.of("/usr/bin/ruby", "ruby"),
                                List.of("-e", "require 'pg'"),
                                "ruby/ruby_pg.rb",
                                "ruby-pg"),
                        true),
                new Child(
                        "lib/pq",
                        words(
                                "prepared batch copy cancel notice notify large error timezone"
                                        + " arrays cursor pool"),
                        words("notify"),
                        new Toolchain.Go("pq", "golang-go and golang-github-lib-pq-dev"),
                        "?sslmode=disable",
                        "",
                        8,
                        true),
                child(
                        "pgx",
                        "prepared batch copy cancel notice notify large error timezone arrays"
                                + " cursor pool",
                        "notify",
                        new Toolchain.Go("pgx", "golang-go and golang-github-jackc-pgx-v4-dev"),
                        true));
    }

    private static Child child(
            String name, String scenarios, String needsSession, Toolchain with, boolean writes) {
        return new Child(name, words(scenarios), words(needsSession), with, "", "", 8, writes);
    }

    private static Child libpq(
            String name, String scenarios, String needsSession, Toolchain with, boolean writes) {
        return new Child(name, words(scenarios), words(needsSession), with, "", BOUND, 8, writes);
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).toList();
    }
}
