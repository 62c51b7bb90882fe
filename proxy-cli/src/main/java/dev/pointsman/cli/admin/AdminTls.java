package dev.pointsman.cli.admin;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/// How a connection to an admin port is encrypted, in libpq's words and by its rules: what the
/// address does not say the environment says (`PGSSLMODE`, `PGSSLROOTCERT`, `PGSSLCERT`,
/// `PGSSLKEY`), and `prefer` is the default.
///
/// @param settings what was said, by libpq's names
public record AdminTls(Map<String, String> settings) {
    /// For a port that does not encrypt.
    public static final AdminTls NONE = new AdminTls(Map.of("sslmode", "disable"));

    private static final List<String> MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");
    private static final Map<String, String> VARIABLES =
            Map.of(
                    "sslmode", "PGSSLMODE",
                    "sslrootcert", "PGSSLROOTCERT",
                    "sslcert", "PGSSLCERT",
                    "sslkey", "PGSSLKEY");
    private static final String SYSTEM = "system";

    public AdminTls {
        settings = Map.copyOf(settings);
    }

    /// @param query of the address: `sslmode=verify-full&sslrootcert=ca.crt`, say
    static AdminTls of(@Nullable String query, Map<String, String> environment) {
        Map<String, String> found = new HashMap<>();
        VARIABLES.forEach(
                (name, variable) -> {
                    if (environment.containsKey(variable)) {
                        found.put(name, environment.getOrDefault(variable, ""));
                    }
                });
        for (var part : query == null ? new String[0] : query.split("&", -1)) {
            var equals = part.indexOf('=');
            var name = equals < 0 ? part : part.substring(0, equals);
            if (!VARIABLES.containsKey(name)) {
                throw usage(
                        "'%s' is not known in an admin address; sslmode, sslrootcert, sslcert and"
                                        .formatted(name)
                                + " sslkey are");
            }
            found.put(name, equals < 0 ? "" : part.substring(equals + 1));
        }
        var tls = new AdminTls(found);
        if (!MODES.contains(tls.mode())) {
            throw usage("'%s' is no sslmode; one of %s is".formatted(tls.mode(), MODES));
        }
        if (tls.isSystem() && !tls.mode().equals("verify-full")) {
            throw usage("sslrootcert=system needs sslmode=verify-full");
        }
        return tls;
    }

    /// With root certificates `require` means `verify-ca`, as libpq has it.
    public String mode() {
        var fallback = isSystem() ? "verify-full" : "prefer";
        var said = settings.getOrDefault("sslmode", fallback);
        return said.equals("require") && settings.containsKey("sslrootcert") ? "verify-ca" : said;
    }

    private boolean isSystem() {
        return settings.getOrDefault("sslrootcert", "").equals(SYSTEM);
    }

    /// Tells the driver.
    void putInto(Properties properties) {
        properties.setProperty("sslmode", mode());
        if (isSystem()) {
            properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        settings.forEach(
                (name, value) -> {
                    if (!name.equals("sslmode") && !value.equals(SYSTEM)) {
                        if (!Files.isReadable(Path.of(value))) {
                            throw usage("%s: there is no file %s to read".formatted(name, value));
                        }
                        properties.setProperty(name, value);
                    }
                });
    }

    private static CommandFailure usage(String message) {
        return new CommandFailure(ExitCode.USAGE, message);
    }
}
