package dev.pointsman.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// One embedded server's folder: its data, its log, and the id of the process that owns it.
record ServerFolder(Path root, ServerBinaries binaries) {
    private static final String PREFIX = "pointsman-postgres-";
    private static final int LOG_LINES = 30;

    /// A fresh folder below the system's temporary one. Folders left by processes that are gone are
    /// swept up first.
    static ServerFolder create(ServerBinaries binaries) throws IOException {
        var temporary = Path.of(System.getProperty("java.io.tmpdir"));
        sweep(temporary);
        var root = Files.createTempDirectory(temporary, PREFIX);
        var folder = new ServerFolder(root, binaries);
        folder.isOurs();
        ServerAccount.current().own(root);
        return folder;
    }

    Path data() {
        return root.resolve("data");
    }

    Path serverLog() {
        return root.resolve("server.log");
    }

    /// Makes an empty cluster that will listen on `port`.
    void initialise(EmbeddedSettings settings, int port) throws IOException {
        var initdb = new ArrayList<>(List.of(binaries.program("initdb").toString()));
        initdb.addAll(List.of("-D", data().toString(), "-U", EmbeddedServer.SUPERUSER));
        initdb.addAll(List.of("-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
        var process = started(initdb);
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw ServerTrouble.gaveUp(binaries, "initdb", output);
        }
        var lines = new ArrayList<>(List.of("", "port = " + port));
        lines.add("listen_addresses = '" + EmbeddedServer.HOST + "'");
        lines.add("unix_socket_directories = ''");
        settings.parameters().forEach((name, value) -> lines.add(name + " = " + value));
        Files.write(data().resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
        Files.write(data().resolve("pg_hba.conf"), settings.access());
    }

    private Process started(List<String> command) {
        try {
            return new ProcessBuilder(ServerAccount.current().wrap(command))
                    .directory(root.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw ServerTrouble.program(binaries, e);
        }
    }

    /// Whether the server has written that it accepts connections.
    boolean isReady() throws IOException {
        var pidFile = data().resolve("postmaster.pid");
        return Files.exists(pidFile)
                && Files.readAllLines(pidFile).stream()
                        .anyMatch(line -> line.strip().equals("ready"));
    }

    /// Forgets a postmaster that was killed, so that its last word is not taken for the next one's.
    void forgetPid() throws IOException {
        Files.deleteIfExists(data().resolve("postmaster.pid"));
    }

    String endOfLog() throws IOException {
        var lines = Files.readAllLines(serverLog());
        return String.join(
                "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    }

    void delete() throws IOException {
        Folders.delete(root);
    }

    private Path owner() {
        return root.resolve("owner");
    }

    /// All at once: another process that sweeps up reads the whole of it or nothing.
    private void isOurs() throws IOException {
        var written = root.resolve("owner.new");
        Files.writeString(written, Long.toString(ProcessHandle.current().pid()));
        Files.move(written, owner(), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Several processes may do so at a time; what one of them leaves, another or a later one
    /// takes.
    static void sweep(Path temporary) throws IOException {
        try (var folders = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (var folder : folders) {
                try {
                    if (isLeft(folder.resolve("owner"))) {
                        killIn(folder);
                        Folders.delete(folder);
                    }
                } catch (IOException _) {
                    // No reason not to begin: the folder is not ours, and may just be going.
                }
            }
        }
    }

    /// Whether a process owned it that is gone. One that does not say who owns it is let be.
    private static boolean isLeft(Path owner) throws IOException {
        if (!Files.isReadable(owner)) {
            return false;
        }
        var pid = Files.readString(owner).strip();
        return pid.matches("\\d{1,18}")
                && !ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
    }

    /// Kills the server that runs on `folder`, known by its command line.
    private static void killIn(Path folder) {
        ProcessHandle.allProcesses()
                .filter(
                        process ->
                                process.info().commandLine().orElse("").contains(folder + "/data"))
                .toList()
                .forEach(
                        process -> {
                            process.descendants().forEach(ProcessHandle::destroyForcibly);
                            process.destroyForcibly();
                            process.onExit().join();
                        });
    }
}
