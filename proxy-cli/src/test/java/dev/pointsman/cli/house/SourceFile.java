package dev.pointsman.cli.house;

import java.nio.file.Path;
import java.util.List;

/// A file with its path below the root.
record SourceFile(Path path, List<String> lines) {
    String name() {
        return path.getFileName().toString();
    }

    boolean isTest() {
        return path.toString().contains("/src/test/");
    }

    /// The folder, which is the package.
    String folder() {
        var parent = path.getParent();
        return parent == null ? "" : parent.toString();
    }
}
