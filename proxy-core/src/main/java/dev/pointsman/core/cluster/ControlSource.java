package dev.pointsman.core.cluster;

import dev.pointsman.core.cluster.backend.OwnBackends;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;

import javax.sql.DataSource;

/// Opens control connections for a pool. The password is asked for at each login, so that a changed
/// one is used without a restart.
record ControlSource(ControlAddress address, ControlLimits limits, OwnBackends own)
        implements DataSource {
    private static final int LOGIN_TIMEOUT_SECONDS = 5;

    @Override
    public Connection getConnection() throws SQLException {
        return own.keep(address.open(limits));
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("control connections have one user");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        throw new SQLFeatureNotSupportedException("there is no log writer");
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("there is no log writer");
    }

    /// The pool calls this; the address has a time limit of its own.
    @Override
    public void setLoginTimeout(int seconds) {}

    /// A pool that closes waits so long for a connection that is being opened.
    @Override
    public int getLoginTimeout() {
        return LOGIN_TIMEOUT_SECONDS;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("there is no parent logger");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps no " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
