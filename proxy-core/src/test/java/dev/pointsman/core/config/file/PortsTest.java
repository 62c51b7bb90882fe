package dev.pointsman.core.config.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.file.ConfigProblems.Problem;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// No two of our own ports may be one.
class PortsTest {
    @TempDir Path folder;

    private List<String> problems(String listen, String admin, String http) {
        var text =
                """
                version: 1
                listen: {%s}
                admin: {%s, users: {operator: secret}}
                http: {%s}
                users: {app: {password: app}}
                databases:
                  shop:
                    serve: blue
                    control: {user: pm}
                    servers:
                      blue: {host: 10.0.0.5}
                """
                        .formatted(listen, admin, http);
        try {
            ConfigFile.parse(text, "test", folder, Map.of());
            return List.of();
        } catch (ConfigProblems e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    port: 6432                  | port: 6432                  | port: 6434 | line 3: admin.port: clients and operators cannot share port 6432; give admin.port another one
                    host: 127.0.0.1, port: 6432 | host: localhost, port: 6432 | port: 6434 | line 3: admin.port: clients and operators cannot share port 6432; give admin.port another one
                    host: '*', port: 6433       | host: '::1', port: 6433     | port: 6434 | line 3: admin.port: clients and operators cannot share port 6433; give admin.port another one
                    port: 6432                  | port: 6433                  | host: localhost, port: 6432 | line 4: http.port: probes cannot share port 6432 with clients; give http.port another one, or remove http: the admin port answers too
                    port: 6432                  | port: 6433                  | port: 6433 | line 4: http.port: probes cannot share port 6433 with operators; give http.port another one, or remove http: the admin port answers too
                    """)
    void onePortForTwoIsOneProblem(String listen, String admin, String http, String told) {
        assertThat(problems(listen, admin, http)).containsExactly(told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    host: 127.0.0.1, port: 6432 | host: 127.0.0.2, port: 6432
                    host: 127.0.0.1, port: 6432 | host: '::1', port: 6432
                    host: localhost, port: 0    | host: localhost, port: 0
                    """)
    void onePortOfTwoAddressesIsTwo(String listen, String admin) {
        assertThat(problems(listen, admin, "port: 6434")).isEmpty();
    }
}
