package dev.pointsman.cli.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/// The files of a source tree that people write: nothing that the build made, nothing of git's.
record Repository(Path root) {
    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".idea", "state");

    /// The tree that this test runs in.
    static Repository ours() {
        var folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("pointsman"))) {
            folder = folder.getParent();
        }
        return new Repository(Objects.requireNonNull(folder, "not in the source tree"));
    }

    List<SourceFile> java() throws IOException {
        return files(path -> path.toString().endsWith(".java"));
    }

    List<SourceFile> markdown() throws IOException {
        return files(path -> path.toString().endsWith(".md"));
    }

    List<SourceFile> text() throws IOException {
        var kinds = Set.of("java", "md", "xml", "yaml", "yml", "sh", "properties", "json");
        return files(
                path -> {
                    var name = path.getFileName().toString();
                    return kinds.contains(name.substring(name.lastIndexOf('.') + 1))
                            || name.equals("pointsman")
                            || name.equals("Dockerfile");
                });
    }

    private List<SourceFile> files(Predicate<Path> wanted) throws IOException {
        try (var tree = Files.walk(root)) {
            var found =
                    tree.filter(wanted)
                            .filter(Files::isRegularFile)
                            .filter(path -> isOurs(root.relativize(path)))
                            .sorted()
                            .toList();
            var files = new ArrayList<SourceFile>();
            for (var path : found) {
                files.add(new SourceFile(root.relativize(path), Files.readAllLines(path)));
            }
            return files;
        }
    }

    private static boolean isOurs(Path path) {
        for (var part : path) {
            if (NOT_OURS.contains(part.toString())) {
                return false;
            }
        }
        return true;
    }
}
