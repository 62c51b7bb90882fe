package dev.pointsman.core.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Samples of one kind of stream: files of the test's resources with one sample a line, a name, a
/// colon and bytes in hex digits. What once broke something is added as a line.
public final class Corpus {
    private static final Path FOLDER = Path.of("src/test/resources/fuzz");

    private final List<Sample> samples;

    /// A stream's bytes, and what it is about.
    @SuppressWarnings("ArrayRecordComponent") // two samples are never compared
    public record Sample(String name, byte[] bytes) {}

    private Corpus(List<Sample> samples) {
        this.samples = List.copyOf(samples);
    }

    /// Reads all samples of a kind.
    ///
    /// @param kind `startup`, `frontend` or `backend`
    public static Corpus of(String kind) {
        var found = new ArrayList<Sample>();
        try {
            for (var line : Files.readAllLines(FOLDER.resolve(kind + ".txt"))) {
                int colon = line.indexOf(':');
                if (colon > 0 && !line.startsWith("#")) {
                    var hex = line.substring(colon + 1).replace(" ", "");
                    found.add(new Sample(line.substring(0, colon), HexFormat.of().parseHex(hex)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Corpus(found);
    }

    public List<Sample> samples() {
        return samples;
    }
}
