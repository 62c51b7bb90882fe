package dev.pointsman.core.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;

/// Hands prepared TLS sockets to the driver, which can only be given the name of a class and a text
/// for it: the text names sockets that are lent for the time of one login.
public final class ControlSockets extends SSLSocketFactory {
    private static final Map<String, SSLSocketFactory> LENT = new ConcurrentHashMap<>();

    private final SSLSocketFactory lent;

    /// One login.
    interface Login {
        Connection with(String sockets) throws SQLException;
    }

    /// For the driver.
    ///
    /// @param name as [Login#with] was given it
    public ControlSockets(String name) {
        var found = LENT.get(name);
        if (found == null) {
            throw new IllegalStateException("no sockets are lent under this name");
        }
        lent = found;
    }

    static Connection lend(SSLSocketFactory sockets, Login login) throws SQLException {
        var name = UUID.randomUUID().toString();
        LENT.put(name, sockets);
        try {
            return login.with(name);
        } finally {
            LENT.remove(name);
        }
    }

    /// Whether the server did not want us in this way: a refused login, no TLS there, or TLS that
    /// failed.
    static boolean mayGoTheOtherWay(SQLException refused) {
        var state = String.valueOf(refused.getSQLState());
        if (state.startsWith("28") || state.equals("08004")) {
            return true;
        }
        for (Throwable at = refused; at != null; at = at.getCause()) {
            if (at instanceof SSLException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
            throws IOException {
        return lent.createSocket(socket, host, port, autoClose);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return lent.createSocket(host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
            throws IOException {
        return lent.createSocket(host, port, local, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return lent.createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
            throws IOException {
        return lent.createSocket(host, port, local, localPort);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return lent.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return lent.getSupportedCipherSuites();
    }
}
