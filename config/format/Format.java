import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Runs google-java-format over every Java source of the project, as a program of its own on the
/// build's JDK. `check` lists unformatted files and fails; `write` mends them. The formatter is run
/// until nothing changes, since one pass is not always enough.
final class Format {
    private static final int PASSES_MAX = 4;

    public static void main(String[] args) throws Exception {
        var write = args[0].equals("write");
        var jar = args[1];
        var files = sources();
        if (files.isEmpty()) {
            return;
        }
        for (int pass = 0; write && pass < PASSES_MAX && run(jar, List.of("--replace"), files) == 0; pass++) {
            if (run(jar, List.of("--dry-run", "--set-exit-if-changed"), files) == 0) {
                return;
            }
        }
        if (run(jar, List.of("--dry-run", "--set-exit-if-changed"), files) != 0) {
            System.err.println("The files above are not formatted. Mend: mvn validate -Dformat=write");
            System.exit(1);
        }
    }

    private static List<Path> sources() throws IOException {
        var found = new ArrayList<Path>();
        for (var module : List.of("proxy-core", "proxy-admin", "proxy-cli")) {
            try (Stream<Path> tree = Files.walk(Path.of(module, "src"))) {
                tree.filter(path -> path.toString().endsWith(".java")).forEach(found::add);
            }
        }
        return found;
    }

    private static int run(String jar, List<String> options, List<Path> files) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(List.of(java));
        for (var part : List.of("api", "code", "file", "parser", "tree", "util")) {
            command.add("--add-exports=jdk.compiler/com.sun.tools.javac." + part + "=ALL-UNNAMED");
        }
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", jar, "--aosp"));
        command.addAll(options);
        files.forEach(file -> command.add(file.toString()));
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
