package dev.pointsman.core.config;

import dev.pointsman.core.config.access.Network;
import dev.pointsman.core.config.tls.PortTls;

import java.nio.file.Path;
import java.util.List;

/// Where clients connect to.
///
/// @param host an address or a name; `*` or `0.0.0.0` is every address
/// @param port 0 lets the system choose, which only tests want
/// @param balancers load balancers that say whom they speak for, by the PROXY protocol
public record Listen(String host, int port, PortTls tls, Local local, List<Network> balancers) {
    /// Whether clients of the same machine may connect by a Unix-domain socket.
    public sealed interface Local {
        record Off() implements Local {}

        /// By one in this folder, whose name says the port.
        ///
        /// @param mode who may connect, as bits of `chmod`
        record Folder(Path folder, int mode) implements Local {}
    }

    public Listen {
        balancers = List.copyOf(balancers);
    }

    /// By network alone, from everybody for himself.
    public Listen(String host, int port, PortTls tls) {
        this(host, port, tls, new Local.Off(), List.of());
    }
}
