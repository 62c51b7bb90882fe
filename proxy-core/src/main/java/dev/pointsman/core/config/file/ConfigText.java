package dev.pointsman.core.config.file;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.file.ConfigProblems.Problem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The text of a file of settings as it was read, which can be understood again with some of its
/// values replaced.
///
/// @param name what problems call the file
/// @param folder what relative paths are relative to
public record ConfigText(String text, String name, Path folder, Map<String, String> environment) {
    public ConfigText {
        environment = Map.copyOf(environment);
    }

    /// What `file` holds now, with this process's environment.
    public static ConfigText of(Path file) throws ConfigProblems {
        try {
            return new ConfigText(
                    Files.readString(file),
                    file.toString(),
                    Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/")),
                    System.getenv());
        } catch (NoSuchFileException _) {
            throw broken(file, "there is no such file", "see config/pointsman.yaml for an example");
        } catch (IOException e) {
            throw broken(file, "it cannot be read: " + e.getMessage(), "see who may read it");
        }
    }

    private static ConfigProblems broken(Path file, String what, String mend) {
        return new ConfigProblems(file.toString(), List.of(new Problem(0, "", what, mend)));
    }

    /// The settings. Reads the files and runs the commands that passwords come from, so it may
    /// block for seconds.
    public Config read() throws ConfigProblems {
        return read(Map.of());
    }

    /// The settings with other values in place of, or in addition to, the text's: by the key's path
    /// in the file.
    public Config read(Map<String, String> replaced) throws ConfigProblems {
        return ConfigFile.parse(this, replaced);
    }
}
