package dev.pointsman.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.MainProcess;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/// The process, from its start to its exit status; the server that it stands before is down.
class ServeTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("pointsman.yaml");
    }

    @ParameterizedTest
    @CsvSource({"listen, clients", "admin,  operators", "http,   metrics and probes"})
    void aPortInUseIsOneLineAndNothingIsBegun(String section, String people) throws Exception {
        try (var taken = new ServerSocket(0, 1, HERE)) {
            // given
            var port = taken.getLocalPort();
            write(section, "127.0.0.1", port);

            // when
            try (var serve = serve()) {
                var status = serve.awaitEnd();

                // then
                assertThat(serve.error())
                        .isEqualToIgnoringNewLines(
                                "cannot listen for %s on 127.0.0.1:%d: the port is in use; stop what uses it, or give `%s.port` another"
                                        .formatted(people, port, section));
                assertThat(status).isEqualTo(1);
                assertThat(serve.output()).isEmpty();
                assertThat(folder.resolve("state")).doesNotExist();
            }
        }
    }

    @Test
    void anUnknownHostIsOneLineAndNothingIsBegun() throws Exception {
        // given
        var nobody = "x".repeat(64);
        write("listen", nobody, 0);

        // when
        try (var serve = serve()) {
            var status = serve.awaitEnd();

            // then
            assertThat(serve.error())
                    .isEqualToIgnoringNewLines(
                            "cannot listen for clients on "
                                    + nobody
                                    + ":0: the host name is not known; mend `listen.host`");
            assertThat(status).isEqualTo(1);
            assertThat(folder.resolve("state")).doesNotExist();
        }
    }

    @Test
    void oneFolderTooFewForTheSocketIsOneLineAndNothingIsBegun() throws Exception {
        // given
        write("http", "127.0.0.1", 0);
        Files.writeString(
                file,
                Files.readString(file)
                        .replaceFirst("listen: \\{", "listen: {unix_socket_dir: nowhere, "));

        // when
        try (var serve = serve()) {
            var status = serve.awaitEnd();

            // then
            assertThat(serve.error())
                    .isEqualToIgnoringNewLines(
                            "cannot listen for clients on %s: there is no such folder; make it; or give `listen.unix_socket_dir` another folder"
                                    .formatted(folder.resolve("nowhere/.s.PGSQL.0")));
            assertThat(status).isEqualTo(1);
            assertThat(folder.resolve("state")).doesNotExist();
        }
    }

    @Test
    void onePortForTwoIsAConfigurationErrorAndNothingIsBegun() throws Exception {
        // given
        int port;
        try (var socket = new ServerSocket(0, 1, HERE)) {
            port = socket.getLocalPort();
        }
        write("*", "localhost", port);

        // when
        try (var serve = serve()) {
            var status = serve.awaitEnd();

            // then
            assertThat(serve.error().lines())
                    .hasSize(2)
                    .allMatch(line -> line.contains("cannot share port " + port));
            assertThat(status).isEqualTo(2);
            assertThat(folder.resolve("state")).doesNotExist();
        }
    }

    /// Not with SIGINT: whoever runs the tests in the background of a shell ignores it, and so does
    /// every process below.
    @Test
    void aStopBySignalEndsWithZeroWhereEveryPortIsOnEveryAddress() throws Exception {
        // given
        write("*", "*", 0);
        try (var serve = serve()) {
            var log = serve.awaitError(" ready ");
            for (var key : new String[] {"listen", "admin", "http_port"}) {
                new Socket(HERE, MainProcess.port(log, key)).close();
            }

            // when
            serve.terminate();
            var status = serve.awaitEnd();

            // then
            assertThat(status).as(serve.error()).isZero();
            assertThat(serve.error()).contains(" stopping ");
            assertThat(serve.output()).isEmpty();
        }
    }

    private MainProcess serve() throws IOException {
        return MainProcess.start(folder, "serve", "-c", file.toString());
    }

    /// One section, or all with `*`, listens there; the others on any free port of this machine.
    private void write(String section, String host, int port) throws IOException {
        var text = new StringBuilder("version: 1\nstate: state\n");
        for (var each : new String[] {"listen", "admin", "http"}) {
            var meant = section.equals("*") || each.equals(section);
            text.append(each)
                    .append(": {host: \"")
                    .append(meant ? host : "127.0.0.1")
                    .append("\", port: ")
                    .append(meant ? port : 0)
                    .append(each.equals("admin") ? ", users: {operator: secret}" : "")
                    .append("}\n");
        }
        int dead;
        try (var socket = new ServerSocket(0, 1, HERE)) {
            dead = socket.getLocalPort();
        }
        text.append("users: {app: {password: app}}\n")
                .append("databases:\n  shop:\n    serve: blue\n    control: {user: pm}\n")
                .append("    servers:\n      blue: {host: 127.0.0.1, port: ")
                .append(dead)
                .append(", dbname: shop}\n");
        Files.writeString(file, text);
    }
}
