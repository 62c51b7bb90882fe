package dev.pointsman.core.config;

import dev.pointsman.core.config.tls.PortTls;

/// Where clients connect to.
///
/// @param host an address or a name; `*` or `0.0.0.0` is every address
/// @param port 0 lets the system choose, which only tests want
public record Listen(String host, int port, PortTls tls) {}
