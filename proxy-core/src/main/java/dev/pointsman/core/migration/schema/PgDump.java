package dev.pointsman.core.migration.schema;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.tls.ServerTls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/// The program `pg_dump` as found on the PATH: the one way to write down a schema that is right for
/// every object a database can have.
///
/// @param major its own version; it can dump servers up to that one
public record PgDump(int major, String version) {
    private static final String PROGRAM = "pg_dump";
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ((\\d+)\\S*)");

    /// The one on the PATH, if there is one that runs.
    public static Optional<PgDump> find() {
        try {
            var process =
                    new ProcessBuilder(PROGRAM, "--version").redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var version = VERSION.matcher(said);
            return version.find()
                    ? Optional.of(new PgDump(Integer.parseInt(version.group(2)), version.group(1)))
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty(); // there is none, or none that can be run here
        }
    }

    /// The command, as a person would type it.
    public List<String> command(Server server) {
        return new ArrayList<>(
                List.of(
                        PROGRAM,
                        "--host=" + server.host(),
                        "--port=" + server.port(),
                        "--username=" + server.control().user(),
                        "--no-password",
                        "--lock-wait-timeout=30s",
                        "--schema-only",
                        "--encoding=UTF8",
                        "--no-tablespaces",
                        "--no-publications",
                        "--no-subscriptions",
                        "--no-security-labels",
                        "--exclude-schema=pointsman",
                        server.dbname()));
    }

    /// The schema of the server's database, as an SQL script.
    ///
    /// @throws IOException with what the program complained about
    public String schema(Server server) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command(server));
        encryption(builder.environment(), server.tls());
        builder.environment().put("PGAPPNAME", "pointsman/pg_dump");
        builder.environment().put("PGCONNECT_TIMEOUT", "10");
        builder.environment().remove("PGOPTIONS");
        switch (server.control().secret()) {
            case Secret.Clear(var password) -> builder.environment().put("PGPASSWORD", password);
            case Secret.Absent(), Secret.ScramVerifier _, Secret.Md5Hash _ -> {}
        }
        var process = builder.start();
        process.getOutputStream().close();
        try {
            var complaints = new CompletableFuture<String>();
            Thread.ofVirtual().start(() -> complaints.complete(errors(process)));
            var script =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("pg_dump failed: " + complaints.join().strip());
            }
            return script;
        } finally {
            process.destroy();
        }
    }

    /// As the proxy's own connections: the program runs on the proxy's machine and reads the same
    /// files.
    static void encryption(Map<String, String> environment, ServerTls tls) {
        environment.keySet().removeIf(name -> name.startsWith("PGSSL"));
        environment.put("PGSSLMODE", tls.mode().text());
        environment.put("PGSSLNEGOTIATION", tls.negotiation().text());
        environment.put("PGCHANNELBINDING", tls.binding().text());
        if (!tls.trust().text().isEmpty()) {
            environment.put("PGSSLROOTCERT", tls.trust().text());
        }
        tls.files()
                .forEach(
                        (word, file) ->
                                environment.put("PG" + word.toUpperCase(Locale.ROOT), file));
    }

    private static String errors(Process process) {
        try {
            return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
