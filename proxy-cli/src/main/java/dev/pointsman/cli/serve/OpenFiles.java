package dev.pointsman.cli.serve;

import com.sun.management.UnixOperatingSystemMXBean;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Database;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.management.ManagementFactory;

/// Whether the system lets this process open as many files as the configuration may need sockets.
final class OpenFiles {
    private static final Logger log = LoggerFactory.getLogger(OpenFiles.class);

    /// Jars, event loops, the journal, console sessions and control connections.
    private static final long BESIDES = 500;

    private OpenFiles() {}

    /// Warns when it does not. The JVM has raised the soft limit to the hard one by then.
    static void check(Config config) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() < needed(config)) {
            log.atWarn()
                    .addKeyValue("limit", system.getMaxFileDescriptorCount())
                    .addKeyValue("needed", needed(config))
                    .addKeyValue("max_client_conn", config.limits().maxClientConn())
                    .log(
                            "too few open files are allowed for max_client_conn: raise the hard"
                                    + " limit (ulimit -Hn, LimitNOFILE= in systemd, --ulimit nofile"
                                    + " in docker) or lower max_client_conn; clients beyond it"
                                    + " cannot connect");
        }
    }

    /// One socket a client, one a server connection; while a cutover goes on, one to each of two
    /// servers.
    static long needed(Config config) {
        long servers = config.databases().values().stream().mapToLong(OpenFiles::connections).sum();
        return config.limits().maxClientConn() + servers + BESIDES;
    }

    private static long connections(Database database) {
        var server = database.servers().values().iterator().next();
        return (long) database.pool().size()
                * Math.max(1, server.users().size())
                * Math.min(2, database.servers().size());
    }
}
