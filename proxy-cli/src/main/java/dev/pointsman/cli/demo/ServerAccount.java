package dev.pointsman.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The operating system account that embedded servers run as. PostgreSQL refuses to run as root, so
/// root hands it to `nobody`; everybody else runs it as themselves.
public enum ServerAccount {
    OURSELVES,
    NOBODY;

    private static final String NAME = "nobody";

    /// The one that this process gives its servers.
    public static ServerAccount current() {
        return System.getProperty("user.name").equals("root") ? NOBODY : OURSELVES;
    }

    /// Where unpacked binaries are kept between runs. It must be readable by this account, so root
    /// does not use its home.
    Path cache() {
        return switch (this) {
            case NOBODY -> Path.of("/var/cache/pointsman");
            case OURSELVES -> {
                var xdg = System.getenv("XDG_CACHE_HOME");
                yield xdg == null || xdg.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".cache", "pointsman")
                        : Path.of(xdg, "pointsman");
            }
        };
    }

    /// The command line that runs `command` as this account, in the same process.
    public List<String> wrap(List<String> command) {
        return switch (this) {
            case OURSELVES -> command;
            case NOBODY -> {
                var wrapped = new ArrayList<>(List.of("setpriv", "--reuid", NAME));
                wrapped.addAll(List.of("--regid", "65534", "--clear-groups", "--"));
                wrapped.addAll(command);
                yield wrapped;
            }
        };
    }

    /// Gives `path` to this account.
    public void own(Path path) throws IOException {
        if (this == NOBODY) {
            var names = path.getFileSystem().getUserPrincipalLookupService();
            Files.setOwner(path, names.lookupPrincipalByName(NAME));
        }
    }
}
