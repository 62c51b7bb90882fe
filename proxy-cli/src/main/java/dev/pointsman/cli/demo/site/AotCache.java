package dev.pointsman.cli.demo.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/// What the JVM has learned of the program while the demo's proxy worked: classes linked, methods
/// profiled. Later JVMs start from it, so that their start is shorter and their first cutover is no
/// longer run by an interpreter (docs/decisions/0070-learn-from-the-demo.md).
public final class AotCache {
    private static final String TO_BE_MADE = "pointsman.aot";

    private final Optional<Path> file;

    private AotCache(Optional<Path> file) {
        this.file = file;
    }

    /// The one that the launcher asks for; it asks where there is none that fits the program.
    public static AotCache asked() {
        return new AotCache(
                Optional.ofNullable(System.getProperty(TO_BE_MADE))
                        .filter(name -> !name.isEmpty())
                        .map(Path::of));
    }

    /// None.
    public static AotCache none() {
        return new AotCache(Optional.empty());
    }

    public boolean isAsked() {
        return file.isPresent();
    }

    /// What makes a JVM write the cache when it ends.
    List<String> flags() {
        return file.map(path -> List.of("-XX:AOTCacheOutput=" + draft(path))).orElse(List.of());
    }

    /// Puts the written cache where the launcher looks for it. Only after the JVM has ended.
    ///
    /// @return its size in bytes; 0 when the JVM could not write it
    long keep() throws IOException {
        if (file.isEmpty() || !Files.exists(draft(file.get()))) {
            return 0;
        }
        Files.move(draft(file.get()), file.get(), StandardCopyOption.ATOMIC_MOVE);
        return Files.size(file.get());
    }

    /// A JVM that dies in the middle must not leave half a cache behind.
    private static Path draft(Path file) {
        return file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    }
}
