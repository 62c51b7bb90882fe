package dev.pointsman.core.listen.port;

import dev.pointsman.core.config.Admin;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Http;
import dev.pointsman.core.config.Listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/// One port that this process listens on.
///
/// @param host an address or a name; `*` is every address
/// @param port 0 lets the system choose
public record ListenPort(Whom whom, String host, int port) {
    private static final String EVERYWHERE = "*";

    /// Who comes in there; which part of the configuration says where it is.
    public enum Whom {
        CLIENTS("clients", "listen"),
        OPERATORS("operators", "admin"),
        PROBES("metrics and probes", "http");

        private final String people;
        private final String section;

        Whom(String people, String section) {
            this.people = people;
            this.section = section;
        }
    }

    public static ListenPort of(Listen listen) {
        return new ListenPort(Whom.CLIENTS, listen.host(), listen.port());
    }

    public static ListenPort of(Admin admin) {
        return new ListenPort(Whom.OPERATORS, admin.host(), admin.port());
    }

    public static ListenPort of(Http.On http) {
        return new ListenPort(Whom.PROBES, http.host(), http.port());
    }

    /// All ports of a configuration.
    public static List<ListenPort> of(Config config) {
        var ports = new ArrayList<ListenPort>();
        ports.add(of(config.listen()));
        ports.add(of(config.admin()));
        switch (config.http()) {
            case Http.Off() -> {}
            case Http.On on -> ports.add(of(on));
        }
        return ports;
    }

    /// What to bind. Looks a name up, which may take seconds.
    ///
    /// @throws IOException for people, when the name is not known
    public InetSocketAddress address() throws IOException {
        if (host.equals(EVERYWHERE)) {
            return new InetSocketAddress(port);
        }
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException(
                    cannot("the host name is not known; mend `" + whom.section + ".host`"));
        }
        return address;
    }

    /// Looks whether the port can be had, before anything is begun that would have to be undone.
    /// Nobody can connect meanwhile: the socket is bound and closed again, and never listens.
    ///
    /// @throws IOException for people, when it cannot
    public void mustBeFree() throws IOException {
        var address = address();
        try (var socket = SocketChannel.open()) {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(address);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /// Why the port cannot be had, for people: what, where and how to mend it.
    public IOException failure(Throwable cause) {
        return new IOException(cannot(reason(String.valueOf(cause.getMessage()))), cause);
    }

    private String reason(String system) {
        var section = whom.section;
        if (system.contains("in use")) {
            return "the port is in use; stop what uses it, or give `" + section + ".port` another";
        }
        if (system.contains("assign requested address")) {
            return "this machine has no such address; mend `" + section + ".host`";
        }
        if (system.contains("ermission denied")) {
            return "the system does not let this user (%s); give `%s.port` a number from 1024 on"
                    .formatted(system, section);
        }
        return "%s; mend `%s.host` or `%s.port`".formatted(system, section, section);
    }

    private String cannot(String why) {
        return "cannot listen for %s on %s:%d: %s".formatted(whom.people, host, port, why);
    }
}
