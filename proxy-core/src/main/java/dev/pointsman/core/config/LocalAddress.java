package dev.pointsman.core.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// A Unix-domain socket: a folder, and a port that names the file in it as PostgreSQL does.
public record LocalAddress(Path folder, int port) {
    private static final String NAME = ".s.PGSQL.";

    /// What the shortest of the systems has room for.
    private static final int BYTES_MAX = 103;

    /// Whether a host is such a folder, as libpq tells it.
    public static boolean isFolder(String host) {
        return host.startsWith("/");
    }

    /// Where a server's host and port lead; empty for one on the network.
    public static Optional<LocalAddress> of(String host, int port) {
        return isFolder(host)
                ? Optional.of(new LocalAddress(Path.of(host), port))
                : Optional.empty();
    }

    public Path file() {
        return folder.resolve(NAME + port);
    }

    /// Whether the operating system has room for the file's path.
    public boolean fits() {
        return file().toString().getBytes(StandardCharsets.UTF_8).length <= BYTES_MAX;
    }

    /// The port that a socket file's name says.
    public static OptionalInt port(Path file) {
        var name = file.toString();
        int at = name.lastIndexOf(NAME);
        var port = at < 0 ? "" : name.substring(at + NAME.length());
        return port.matches("\\d{1,5}")
                ? OptionalInt.of(Integer.parseInt(port))
                : OptionalInt.empty();
    }
}
