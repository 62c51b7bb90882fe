package dev.pointsman.cli.bench.tls;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// A certificate that vouches for itself, as `proxy.crt` and `proxy.key` in a folder.
final class SelfSigned {
    private static final String ALIAS = "proxy";
    private static final String PASSWORD = "of no worth";

    private SelfSigned() {}

    /// Makes it with the JDK's keytool.
    static void write(Path folder, KeyKind kind) throws IOException, InterruptedException {
        var store = folder.resolve("proxy.p12");
        var command =
                new ArrayList<String>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                ALIAS,
                                "-dname",
                                "CN=localhost",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                PASSWORD,
                                "-keystore",
                                store.toString()));
        command.addAll(kind.options());
        Programs.run(new ProcessBuilder(command));
        try {
            var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
            var key = keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded();
            write(folder.resolve("proxy.key"), "PRIVATE KEY", key);
            var certificate = keys.getCertificate(ALIAS).getEncoded();
            write(folder.resolve("proxy.crt"), "CERTIFICATE", certificate);
        } catch (GeneralSecurityException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, "no certificate can be made: " + e.getMessage(), e);
        }
    }

    private static void write(Path file, String kind, byte[] content) throws IOException {
        var lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        Files.writeString(
                file,
                "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                        .formatted(kind, lines.encodeToString(content)));
    }
}
