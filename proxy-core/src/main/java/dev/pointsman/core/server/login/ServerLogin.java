package dev.pointsman.core.server.login;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;

import java.util.Map;

/// What it takes to log in to a server once: where, as whom, and what the start-up packet says
/// besides user and database.
public record ServerLogin(Server server, String user, Secret secret, Map<String, String> startup) {
    public ServerLogin {
        startup = Map.copyOf(startup);
    }

    /// The server as an error message names it.
    public String where() {
        return "server " + server.name() + " (" + server.host() + ":" + server.port() + ")";
    }
}
