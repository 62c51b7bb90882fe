package dev.pointsman.core.cutover.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/// Which file was found under a path, to tell later whether it still is: an open file that was
/// deleted takes what is written to it, and nobody finds it again.
///
/// @param key empty where the file system has none
record InPlace(Path path, Optional<Object> key) {
    static InPlace of(Path path) throws IOException {
        return new InPlace(path, keyOf(path));
    }

    /// False also when nothing is there, or it cannot be looked at.
    boolean isStill() {
        try {
            return keyOf(path).equals(key);
        } catch (IOException _) {
            return false;
        }
    }

    private static Optional<Object> keyOf(Path path) throws IOException {
        return Optional.ofNullable(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    }
}
