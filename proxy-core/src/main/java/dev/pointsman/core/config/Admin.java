package dev.pointsman.core.config;

import dev.pointsman.core.config.tls.PortTls;

import java.util.Map;

/// Where operators connect to, and who they are.
public record Admin(String host, int port, PortTls tls, Map<String, AdminUser> users) {

    public Admin {
        users = Config.inOrder(users);
    }

    /// Somebody who may give commands, or only look.
    public record AdminUser(String name, SecretSource source, Role role) {
        /// The password as it is now; never blocks.
        public Secret secret() {
            return source.now();
        }
    }

    /// What an operator may do.
    public enum Role {
        /// Everything.
        ADMIN,
        /// SHOW only.
        STATS
    }
}
