package dev.pointsman.core.migration.schema;

import dev.pointsman.core.cluster.Sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Which objects a schema copy brought, so that an abort takes away those and no others.
///
/// The target's objects are listed before and after the copy, in the same transaction as the copy;
/// the difference stays in `pointsman.copied`.
final class CopiedObjects {
    private static final String PUBLIC_OWNER = "owner of schema public";
    private static final String PUBLIC_GRANT = "grant on schema public";

    /// Every object of users: schemas, extensions, and whatever lies in a schema. Parts of others
    /// (columns, constraints, an extension's members) go with their wholes.
    private static final String OBJECTS =
            """
            SELECT o.type AS kind, o.identity
              FROM pg_depend d
              JOIN pg_namespace n ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid
             CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) o
             WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pointsman')
               AND d.deptype = 'n' AND d.objsubid = 0
               AND d.classid NOT IN ('pg_extension'::regclass, 'pg_default_acl'::regclass)
               AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = d.classid
                                AND e.objid = d.objid AND e.deptype = 'e')
             UNION
            SELECT 'schema', quote_ident(nspname) FROM pg_namespace
             WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'pointsman', 'public')
               AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = 'pg_namespace'::regclass
                                AND e.objid = pg_namespace.oid AND e.deptype = 'e')
             UNION
            SELECT 'extension', quote_ident(extname) FROM pg_extension
             UNION
            SELECT 'event trigger', quote_ident(evtname) FROM pg_event_trigger
             UNION
            SELECT 'owner of schema public', pg_get_userbyid(nspowner)::text FROM pg_namespace
             WHERE nspname = 'public'
             UNION
            SELECT 'grant on schema public',
                   a.privilege_type || CASE WHEN a.is_grantable THEN '+' ELSE '' END || ' '
                   || CASE a.grantee WHEN 0 THEN 'PUBLIC'
                      ELSE quote_ident(pg_get_userbyid(a.grantee)) END
              FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
             WHERE nspname = 'public'\
            """;

    private CopiedObjects() {}

    /// Notes what is there now, before a copy.
    static void noteFound(Connection connection) throws SQLException {
        Sql.run(connection, "DELETE FROM pointsman.copied");
        Sql.run(
                connection,
                "INSERT INTO pointsman.copied SELECT 'found', kind, identity FROM ("
                        + OBJECTS
                        + ") o");
    }

    /// Notes what a copy brought: what is there now and was not before.
    static void noteCopied(Connection connection) throws SQLException {
        Sql.run(
                connection,
                "INSERT INTO pointsman.copied SELECT 'copied', o.kind, o.identity FROM ("
                        + OBJECTS
                        + " EXCEPT SELECT kind, identity FROM pointsman.copied) o"
                        + " WHERE o.kind NOT LIKE '% schema public'");
    }

    /// Whether what was found is noted at all: not any more once it was brought back.
    static boolean isListed(Connection connection) throws SQLException {
        return Sql.is(connection, "SELECT to_regclass('pointsman.copied') IS NOT NULL");
    }

    /// Whether a copy of ours made the target's schema.
    static boolean any(Connection connection) throws SQLException {
        return Sql.is(
                connection,
                "SELECT EXISTS (SELECT 1 FROM pointsman.copied WHERE stage = 'copied')");
    }

    /// What takes the copy away again, in order; whoever is its own statement may be gone already.
    static List<String> undo(Connection connection) throws SQLException {
        return Sql.texts(
                connection,
                """
                SELECT CASE kind
                       WHEN 'composite type' THEN 'DROP TYPE IF EXISTS '
                       ELSE 'DROP ' || upper(kind) || ' IF EXISTS ' END
                       || identity || CASE kind WHEN 'event trigger' THEN '' ELSE ' CASCADE' END
                  FROM pointsman.copied WHERE stage = 'copied'
                 ORDER BY CASE kind WHEN 'event trigger' THEN 0 WHEN 'view' THEN 1
                          WHEN 'materialized view' THEN 2 WHEN 'foreign table' THEN 3
                          WHEN 'table' THEN 4 WHEN 'extension' THEN 8 WHEN 'schema' THEN 9
                          ELSE 5 END, identity\
                """);
    }

    /// What brings the public schema's owner and rights back to what was found.
    static List<String> undoPublic(Connection connection) throws SQLException {
        var revokes =
                Sql.texts(
                        connection,
                        """
                        SELECT DISTINCT 'REVOKE ALL ON SCHEMA public FROM ' || CASE a.grantee
                               WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
                          FROM pg_namespace,
                               aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
                         WHERE nspname = 'public'\
                        """);
        var all = new ArrayList<String>();
        all.addAll(
                Sql.texts(
                        connection,
                        """
                        SELECT 'ALTER SCHEMA public OWNER TO ' || quote_ident(identity)
                          FROM pointsman.copied WHERE stage = 'found' AND kind = ?\
                        """,
                        PUBLIC_OWNER));
        all.addAll(revokes);
        all.addAll(
                Sql.texts(
                        connection,
                        """
                        SELECT 'GRANT ' || rtrim(split_part(identity, ' ', 1), '+')
                               || ' ON SCHEMA public TO '
                               || substr(identity, strpos(identity, ' ') + 1)
                               || CASE WHEN split_part(identity, ' ', 1) LIKE '%+'
                                  THEN ' WITH GRANT OPTION' ELSE '' END
                          FROM pointsman.copied WHERE stage = 'found' AND kind = ?
                         ORDER BY identity\
                        """,
                        PUBLIC_GRANT));
        return all;
    }
}
