package dev.pointsman.core.cluster;

import java.sql.Connection;
import java.sql.SQLException;

/// What is done with a control connection that is lent for the length of the call.
@FunctionalInterface
public interface SqlCall<T> {
    T run(Connection connection) throws SQLException;
}
