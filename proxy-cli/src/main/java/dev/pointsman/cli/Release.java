package dev.pointsman.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/// What the build wrote down about itself: our version, and which PostgreSQL releases it carries.
public final class Release {
    private static final Properties FACTS = read();

    private Release() {}

    /// Our own version, as `--version` prints it.
    public static String version() {
        return fact("version");
    }

    /// The fact called `name`.
    ///
    /// @throws IllegalArgumentException for a name that the build did not write
    public static String fact(String name) {
        var value = FACTS.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("the build knows no fact called " + name);
        }
        return value;
    }

    private static Properties read() {
        var facts = new Properties();
        try (var in = Release.class.getResourceAsStream("release.properties")) {
            if (in == null) {
                throw new IllegalStateException("release.properties is missing from the build");
            }
            facts.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return facts;
    }
}
