package dev.pointsman.core.server.login;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.server.keys.UserKeys;

import java.util.Map;

/// What it takes to log in to a server once: where, as whom, and what the start-up packet says
/// besides user and database.
///
/// @param secret what proves the user there, as far as the configuration or a client has told it
/// @param keys what has been derived or learnt for the user
public record ServerLogin(
        Server server, String user, Secret secret, Map<String, String> startup, UserKeys keys) {
    public ServerLogin {
        startup = Map.copyOf(startup);
    }

    /// A login that shares nothing with others.
    public ServerLogin(Server server, String user, Secret secret, Map<String, String> startup) {
        this(server, user, secret, startup, UserKeys.unshared());
    }

    /// The same at one of the server's addresses alone.
    ServerLogin at(String host) {
        return new ServerLogin(server.at(host), user, secret, startup, keys);
    }

    /// The server as an error message names it.
    public String where() {
        return "server " + server.name() + " (" + server.host() + ":" + server.port() + ")";
    }
}
