package dev.pointsman.cli.admin;

/// How names are written in commands.
public final class Words {
    private Words() {}

    /// The name as a command may have it: quoted unless it is a plain lower-case word.
    public static String name(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }
}
