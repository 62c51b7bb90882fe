package dev.pointsman.core.migration.schema;

import dev.pointsman.core.cluster.Sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;

/// The tables that hold users' rows: permanent, not partitioned themselves, not an extension's, not
/// ours.
public final class UserTables {
    /// What makes a row of `pg_namespace n` a schema of users.
    static final String SCHEMAS =
            "n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pointsman')";

    /// What makes a row of `pg_class c` with `pg_namespace n` an object of users, of any kind.
    public static final String OBJECTS =
            SCHEMAS
                    + " AND "
                    + """
                    NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = 'pg_class'::regclass
                                 AND x.objid = c.oid AND x.deptype = 'e')\
                    """;

    /// What makes a row of `pg_class c` with `pg_namespace n` such a table.
    public static final String CONDITION =
            "c.relkind = 'r' AND c.relpersistence = 'p' AND " + OBJECTS;

    private static final Pattern NEEDLESS_QUOTES =
            Pattern.compile("(?<!\")\"([a-z_][a-z0-9_$]*)\"(?!\")");

    private UserTables() {}

    /// Names as every major spells them, to compare by: a server quotes what it knows as a keyword,
    /// and a table called json_table is quoted by 17 and newer, and not by 14. Not for SQL.
    public static String plain(String quoted) {
        return NEEDLESS_QUOTES.matcher(quoted).replaceAll("$1");
    }

    /// Their names, qualified and quoted, in order.
    public static List<String> names(Connection connection) throws SQLException {
        return Sql.texts(
                connection,
                "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c"
                        + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
                        + CONDITION
                        + " ORDER BY 1");
    }
}
