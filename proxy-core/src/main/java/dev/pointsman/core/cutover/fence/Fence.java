package dev.pointsman.core.cutover.fence;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cutover.fence.OldValues.Rights;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// The SQL of a fence. A superuser sets the database's connection limit to 0, which keeps out all
/// who are no superuser, the owner too. A control role with fewer rights would lock itself out that
/// way, so it revokes CONNECT from everybody who has it and keeps its own; where nobody else has
/// it, there is no fence for it. Either way, sessions that get in all the same are read-only by
/// default. Replication goes on through both.
public final class Fence {
    private static final String STANDS =
            """
            SELECT d.datconnlimit, r.rolsuper, coalesce((
                   SELECT split_part(c, '=', 2) FROM pg_db_role_setting s, unnest(s.setconfig) c
                    WHERE s.setdatabase = d.oid AND s.setrole = 0
                      AND c LIKE 'default\\_transaction\\_read\\_only=%'), '')
              FROM pg_database d, pg_roles r
             WHERE d.datname = current_database() AND r.rolname = session_user\
            """;

    private static final String GRANTED =
            """
            SELECT x.* FROM pg_database d,
                   aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
             WHERE d.datname = current_database() AND x.privilege_type = 'CONNECT'
               AND x.grantor = d.datdba\
            """;

    /// With whether they can grant it on.
    private static final String GRANTEES =
            """
            SELECT CASE x.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(x.grantee)::text END,
                   x.is_grantable
              FROM (%s) x WHERE pg_get_userbyid(x.grantee) <> current_user ORDER BY 1\
            """
                    .formatted(GRANTED);

    /// With whether it is a right of their own.
    private static final String REPLICATORS =
            """
            SELECT r.rolname::text, EXISTS (SELECT FROM (%s) x WHERE x.grantee = r.oid)
              FROM pg_roles r
             WHERE (r.rolname = current_user OR r.rolreplication) AND r.rolcanlogin
               AND NOT r.rolsuper AND has_database_privilege(r.oid, current_database(), 'CONNECT')
             ORDER BY 1\
            """
                    .formatted(GRANTED);

    private static final String WHO_STILL_GETS_IN =
            """
            SELECT r.rolname::text FROM pg_roles r
             WHERE r.rolcanlogin AND NOT r.rolsuper AND r.rolname <> ALL (?::text[])
               AND has_database_privilege(r.oid, current_database(), 'CONNECT') ORDER BY 1\
            """;

    /// The first of them lets in one of the second.
    private static final String MEMBERSHIPS =
            """
            SELECT DISTINCT format('REVOKE %I FROM %I', g.rolname, m.rolname)
              FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid
              JOIN pg_roles m ON m.oid = a.member, pg_roles r
             WHERE g.rolname = ANY (?::text[]) AND r.rolname = ANY (?::text[])
               AND pg_has_role(r.oid, m.oid, 'member') ORDER BY 1\
            """;

    /// With what makes us one with it: to belong to a superuser would be to have all his rights.
    private static final String OWNER_WE_ARE_NOT =
            """
            SELECT r.rolname::text, CASE WHEN r.rolsuper
                   THEN format('ALTER DATABASE %I OWNER TO %I', d.datname, current_user)
                   ELSE format('GRANT %I TO %I', r.rolname, current_user) END
              FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
             WHERE d.datname = current_database()
               AND NOT pg_has_role(current_user, d.datdba, 'usage')\
            """;

    private static final String DROPPED =
            """
            SELECT name FROM unnest(?::text[]) AS known (name)
             WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)\
            """;

    private static final Logger log = LoggerFactory.getLogger(Fence.class);
    private static final int NAMES_SHOWN = 5;

    private Fence() {}

    /// Reads what stands now, which is what a fence will have to put back.
    public static OldValues read(Connection on) throws SQLException {
        return Sql.one(
                on,
                STANDS,
                row -> {
                    var limit = row.getInt(1);
                    var readOnly = Objects.toString(row.getString(3), "");
                    var byRights = !row.getBoolean(2);
                    return new OldValues(
                            limit, readOnly, byRights, byRights ? rights(on) : Rights.NONE);
                });
    }

    private static Rights rights(Connection on) throws SQLException {
        var grantees = Sql.list(on, GRANTEES, Fence::holder);
        var replicators = Sql.list(on, REPLICATORS, Fence::holder);
        return new Rights(
                names(grantees.stream()),
                names(replicators.stream()),
                names(replicators.stream().filter(one -> !one.as())),
                names(grantees.stream().filter(Holder::as)),
                GrantedOn.read(on));
    }

    /// Who holds CONNECT, and whether as asked for.
    private record Holder(String name, boolean as) {}

    private static Holder holder(ResultSet row) throws SQLException {
        return new Holder(row.getString(1), row.getBoolean(2));
    }

    private static List<String> names(Stream<Holder> holders) {
        return holders.map(Holder::name).toList();
    }

    /// Puts the fence up in a transaction of its own and takes it back with that: nobody else sees
    /// it.
    ///
    /// @throws SQLException whatever [#raise] would throw
    public static void tryOut(Connection on, OldValues old) throws SQLException {
        on.setAutoCommit(false);
        try {
            Sql.run(on, "SET LOCAL lock_timeout = '5s'");
            raise(on, old);
        } catch (SQLException e) {
            takeBack(on, e);
            throw e;
        }
        on.rollback();
        on.setAutoCommit(true);
    }

    private static void takeBack(Connection on, SQLException why) {
        try {
            on.rollback();
            on.setAutoCommit(true);
        } catch (SQLException e) {
            why.addSuppressed(e);
        }
    }

    private static void requireMeans(Connection on, OldValues old, OldValues present)
            throws SQLException {
        if (!old.byRights()) {
            return;
        }
        var database = database(on);
        var control = Sql.identifier(Sql.one(on, "SELECT current_user", row -> row.getString(1)));
        var foreign =
                Sql.map(on, OWNER_WE_ARE_NOT, row -> row.getString(1), row -> row.getString(2));
        for (var owner : foreign.entrySet()) {
            throw new Unfenceable(
                    "database %s cannot be fenced: the control role %s is neither its owner %s nor a member of that"
                            .formatted(database, control, owner.getKey()),
                    owner.getValue());
        }
        if (old.rights().revoked().isEmpty()) {
            throw new Unfenceable(
                    "database %s cannot be fenced: nobody but the control role %s holds CONNECT on it, and who gets in by the rights of that role cannot be kept out without it; let applications log in as roles that are not members of %s, with a right of their own (GRANT CONNECT ON DATABASE %s TO them), or set fence: off"
                            .formatted(database, control, control, database),
                    mend(on, old, database, whoStillGetsIn(on, old)));
        }
        GrantedOn.require(on, present.rights().onward(), database, control);
    }

    /// Puts the fence up within the caller's transaction.
    ///
    /// @throws SQLException also when someone who is no superuser would still get in
    public static void raise(Connection on, OldValues old) throws SQLException {
        var present = present(on, old);
        requireMeans(on, old, present);
        var database = database(on);
        for (var statement : closing(database, present)) {
            Sql.run(on, statement);
        }
        Sql.run(on, readOnly(database));
        requireClosed(on, present);
    }

    private static void requireClosed(Connection on, OldValues old) throws SQLException {
        if (!old.byRights()) {
            return;
        }
        var left = whoStillGetsIn(on, old);
        if (!left.isEmpty()) {
            throw new Unfenceable(
                    "the fence cannot keep out "
                            + String.join(", ", left.subList(0, Math.min(NAMES_SHOWN, left.size())))
                            + ", who have the rights of the control role or of the owner; let"
                            + " applications log in as a role that is not a member of either, or"
                            + " set fence: off",
                    mend(on, old, database(on), left));
        }
    }

    private static List<String> whoStillGetsIn(Connection on, OldValues old) throws SQLException {
        return Sql.texts(on, WHO_STILL_GETS_IN, names(old.rights().granted()));
    }

    private static Object names(List<String> roles) {
        return roles.toArray(String[]::new);
    }

    /// A right of their own for those who get in by another's, and the memberships that would let
    /// them in all the same.
    private static String mend(
            Connection on, OldValues old, String database, List<String> whoGetsIn)
            throws SQLException {
        var roles =
                whoGetsIn.isEmpty()
                        ? "…"
                        : String.join(", ", whoGetsIn.stream().map(Sql::identifier).toList());
        var statements = new ArrayList<String>();
        statements.add("GRANT CONNECT ON DATABASE " + database + " TO " + roles);
        statements.addAll(
                Sql.texts(on, MEMBERSHIPS, names(old.rights().granted()), names(whoGetsIn)));
        return String.join("; ", statements);
    }

    /// Puts everything back within the caller's transaction; safe to repeat.
    public static void lift(Connection on, OldValues old) throws SQLException {
        for (var statement : lifting(database(on), present(on, old))) {
            Sql.run(on, statement);
        }
    }

    /// Without the roles that were dropped since: what they had, and what others had by them, went
    /// with them.
    public static OldValues present(Connection on, OldValues old) throws SQLException {
        var roles = old.rights().roles();
        if (roles.isEmpty()) {
            return old;
        }
        var dropped = Set.copyOf(Sql.texts(on, DROPPED, names(List.copyOf(roles))));
        if (!dropped.isEmpty()) {
            log.atWarn()
                    .addKeyValue("database", database(on))
                    .addKeyValue("roles", dropped)
                    .log("roles that a fence knew are not there any more and are left out");
        }
        return old.without(dropped);
    }

    /// Lets logins in for as long as it takes to open our own connections. New sessions are
    /// read-only by default as before: who has a better word for ours says so at their logins.
    public static void letIn(Connection on, OldValues old) throws SQLException {
        for (var statement : admitting(database(on), present(on, old))) {
            Sql.run(on, statement);
        }
    }

    /// The same with new sessions writable for everybody.
    public static void letWrite(Connection on, OldValues old) throws SQLException {
        lift(on, old);
    }

    /// Keeps logins out again after [#letIn] or [#letWrite], and makes who gets in all the same
    /// read-only by default.
    public static void closeAgain(Connection on, OldValues old) throws SQLException {
        var database = database(on);
        for (var statement : closing(database, present(on, old))) {
            Sql.run(on, statement);
        }
        Sql.run(on, readOnly(database));
    }

    private static String readOnly(String database) {
        return "ALTER DATABASE " + database + " SET default_transaction_read_only = on";
    }

    /// The statements that undo a fence without Pointsman, in the database that is fenced or any
    /// other of that server. Who holds CONNECT afterwards is who held it before.
    public static List<String> lifting(String database, OldValues old) {
        var statements = new ArrayList<>(admitting(database, old));
        statements.add(
                old.readOnly().isEmpty()
                        ? "ALTER DATABASE " + database + " RESET default_transaction_read_only"
                        : "ALTER DATABASE "
                                + database
                                + " SET default_transaction_read_only = "
                                + Sql.literal(old.readOnly()));
        // Last: whoever runs this may have no other right until then.
        for (var role : old.rights().given()) {
            statements.add("REVOKE CONNECT ON DATABASE " + database + " FROM " + role(role));
        }
        return statements;
    }

    /// Gives back who may connect.
    private static List<String> admitting(String database, OldValues old) {
        var statements = new ArrayList<String>();
        if (old.byRights()) {
            for (var grantee : old.rights().revoked()) {
                statements.add(
                        "GRANT CONNECT ON DATABASE "
                                + database
                                + " TO "
                                + role(grantee)
                                + (old.rights().options().contains(grantee)
                                        ? " WITH GRANT OPTION"
                                        : ""));
            }
            old.rights().onward().forEach(grant -> statements.add(grant.again(database)));
        } else {
            statements.add(
                    "ALTER DATABASE " + database + " CONNECTION LIMIT " + old.connectionLimit());
        }
        return statements;
    }

    private static List<String> closing(String database, OldValues old) {
        if (!old.byRights()) {
            return List.of("ALTER DATABASE " + database + " CONNECTION LIMIT 0");
        }
        var statements = new ArrayList<String>();
        for (var role : old.rights().granted()) {
            statements.add("GRANT CONNECT ON DATABASE " + database + " TO " + role(role));
        }
        for (var lender : old.rights().lenders()) {
            statements.add(GrantedOn.withoutOption(lender, database));
        }
        for (var grantee : old.rights().revoked()) {
            if (!old.rights().granted().contains(grantee)) {
                statements.add("REVOKE CONNECT ON DATABASE " + database + " FROM " + role(grantee));
            }
        }
        return statements;
    }

    static String role(String name) {
        return name.isEmpty() ? "PUBLIC" : Sql.identifier(name);
    }

    private static String database(Connection on) throws SQLException {
        return Sql.identifier(
                Sql.one(on, "SELECT current_database()::text", row -> row.getString(1)));
    }
}
