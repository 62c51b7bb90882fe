package dev.pointsman.core.cutover.books;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cutover.fence.OldValues;
import dev.pointsman.core.pool.opening.FencedLogins.Beginning;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/// Whether sessions on a fenced server would be read-only by default without the fence: the
/// database's own setting counts as it was before, then what is stored for everybody, then the
/// server's configuration file, which only a session shows for which nothing is stored.
final class WithoutFence {
    private static final String STORED =
            """
            SELECT %s FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole
              LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c
             WHERE lower(split_part(c, '=', 1)) = 'default_transaction_read_only' AND %s\
            """;

    private static final String OWN =
            STORED.formatted(
                    "r.rolname::text",
                    "s.setrole <> 0 AND (s.setdatabase = 0 OR d.datname = current_database())");

    private static final String OF_ALL =
            STORED.formatted("split_part(c, '=', 2)", "s.setrole = 0 AND s.setdatabase = 0");

    private static final String COLOURED =
            "SELECT EXISTS ("
                    + STORED.formatted(
                            "1",
                            "(s.setrole = 0 OR r.rolname = session_user)"
                                    + " AND (s.setdatabase = 0 OR d.datname = current_database())")
                    + ")";

    private static final String SHOWN = "SELECT current_setting('default_transaction_read_only')";

    private static final Logger log = LoggerFactory.getLogger(WithoutFence.class);

    private WithoutFence() {}

    /// Empty where that cannot be told.
    static Optional<Beginning> of(Cluster fenced, OldValues old) throws SQLException {
        var own = Set.copyOf(fenced.call(on -> Sql.texts(on, OWN)));
        if (!old.readOnly().isEmpty()) {
            return Optional.of(new Beginning(old.readOnly(), own));
        }
        var ofAll = fenced.call(on -> Sql.texts(on, OF_ALL));
        if (!ofAll.isEmpty()) {
            return Optional.of(new Beginning(ofAll.getFirst(), own));
        }
        return ofServer(fenced).map(value -> new Beginning(value, own));
    }

    private static Optional<String> ofServer(Cluster fenced) {
        try {
            return fenced.bare(
                    on ->
                            Sql.is(on, COLOURED)
                                    ? Optional.empty()
                                    : Optional.of(Sql.one(on, SHOWN, row -> row.getString(1))));
        } catch (SQLException e) {
            log.atWarn()
                    .addKeyValue("server", fenced.name())
                    .addKeyValue("cause", e.getMessage())
                    .log("whether the server itself makes sessions read-only cannot be asked");
            return Optional.empty();
        }
    }
}
