package dev.pointsman.core.cutover.fence;

import dev.pointsman.core.cluster.Sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// A right to connect that somebody other than the owner has granted on. It goes with its grantor's
/// own, and nobody but the grantor can grant it again.
///
/// @param by who granted it on
/// @param to who has it from him; empty for PUBLIC
/// @param option whether he can grant it on in his turn
public record GrantedOn(String by, String to, boolean option) {
    /// In the order in which they can be granted again: whoever has got the option from another
    /// comes after that one.
    private static final String GRANTS =
            """
            WITH RECURSIVE held AS (
              SELECT d.datdba, x.* FROM pg_database d, aclexplode(d.datacl) x
               WHERE d.datname = current_database() AND x.privilege_type = 'CONNECT'
            ), reached (role, far) AS (
              SELECT datdba, 0 FROM held
              UNION
              SELECT h.grantee, r.far + 1 FROM held h JOIN reached r ON r.role = h.grantor
               WHERE h.is_grantable
            )
            SELECT pg_get_userbyid(h.grantor)::text,
                   CASE h.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(h.grantee)::text END,
                   h.is_grantable
              FROM held h JOIN (SELECT role, min(far) AS far FROM reached GROUP BY role) r
                          ON r.role = h.grantor
             WHERE h.grantor <> h.datdba ORDER BY r.far, 1, 2\
            """;

    /// Who has the owner's rights grants as the owner. Since version 16 a member of a role may be
    /// kept from becoming it.
    private static final String MAY_GRANT_AS =
            """
            SELECT pg_has_role(session_user, r.oid,
                       CASE WHEN current_setting('server_version_num')::int >= 160000
                            THEN 'SET' ELSE 'MEMBER' END)
                   AND NOT pg_has_role(r.oid, d.datdba, 'USAGE')
              FROM pg_roles r, pg_database d
             WHERE r.rolname = ? AND d.datname = current_database()\
            """;

    static List<GrantedOn> read(Connection on) throws SQLException {
        return Sql.list(
                on,
                GRANTS,
                row -> new GrantedOn(row.getString(1), row.getString(2), row.getBoolean(3)));
    }

    /// @throws Unfenceable when one of them could not be granted again as it was
    static void require(Connection on, List<GrantedOn> grants, String database, String control)
            throws SQLException {
        for (var grant : grants) {
            if (!Sql.is(on, MAY_GRANT_AS, grant.by())) {
                throw new Unfenceable(
                        "database %s cannot be fenced: %s has granted CONNECT on it on to %s, and the control role %s could not put that back as it was, since it cannot grant as %s"
                                .formatted(
                                        database,
                                        Fence.role(grant.by()),
                                        Fence.role(grant.to()),
                                        control,
                                        Fence.role(grant.by())),
                        String.join("; ", byTheOwner(grants, database)));
            }
        }
    }

    /// The same rights from the owner, so that nobody is without his at any moment.
    private static List<String> byTheOwner(List<GrantedOn> grants, String database) {
        var statements = new ArrayList<String>();
        grants.forEach(grant -> statements.add(grant.sql(database)));
        for (var by : grants.stream().map(GrantedOn::by).distinct().toList()) {
            statements.add(withoutOption(by, database));
            statements.add(new GrantedOn("", by, true).sql(database));
        }
        return statements;
    }

    /// Takes from `role` what it may grant on, and with that what it has granted on.
    static String withoutOption(String role, String database) {
        return "REVOKE GRANT OPTION FOR CONNECT ON DATABASE %s FROM %s CASCADE"
                .formatted(database, Fence.role(role));
    }

    /// As one text, so that nothing else is done in the grantor's name when it fails.
    String again(String database) {
        return "SET ROLE %s; %s; RESET ROLE".formatted(Fence.role(by), sql(database));
    }

    private String sql(String database) {
        return "GRANT CONNECT ON DATABASE %s TO %s%s"
                .formatted(database, Fence.role(to), option ? " WITH GRANT OPTION" : "");
    }
}
