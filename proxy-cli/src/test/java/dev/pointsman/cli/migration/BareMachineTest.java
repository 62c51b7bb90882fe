package dev.pointsman.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.MainProcess;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.real.RealServers;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A proxy on a machine without PostgreSQL's client programs, or with old ones.
@Tag("real")
class BareMachineTest {
    private static final Pattern ID = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @TempDir Path folder;

    @BeforeEach
    void aTable() throws SQLException {
        CrossingLab.createUser(servers);
        servers.source().execute(servers.database(), "create table kept (id int primary key)");
    }

    @Test
    void withoutPgDumpTheSchemaIsNotCopiedAndNothingBegins() throws Exception {
        withPath(
                admin -> {
                    var row = pgDump(admin);
                    assertThat(row)
                            .startsWith(
                                    "fail true migrate the target has no tables and there is no"
                                            + " pg_dump on the PATH")
                            .contains("version 14 or newer");
                    assertThat(start(admin)).contains("there is no pg_dump on the PATH");

                    // when: by hand
                    servers.target()
                            .execute(servers.database(), "create table kept (id int primary key)");

                    // then
                    assertThat(pgDump(admin))
                            .startsWith("pass false none not needed: the schema is there");
                });
    }

    @Test
    void anOlderPgDumpThanTheSourceIsNotRun() throws Exception {
        var program = folder.resolve("pg_dump");
        Files.writeString(program, "#!/bin/sh\necho 'pg_dump (PostgreSQL) 13.9'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));

        withPath(
                admin -> {
                    assertThat(pgDump(admin))
                            .startsWith(
                                    "fail true migrate pg_dump 13.9 cannot read a server of"
                                            + " version 14");
                    assertThat(start(admin)).contains("pg_dump 13.9 cannot read");
                });
    }

    @Test
    void everyRowOfAnAnswerIsOnThePage() throws Exception {
        var page = Files.readString(Path.of("../docs/reference/checks.md"));
        var listed = ID.matcher(page).results().map(found -> found.group(1)).toList();

        withPath(admin -> assertThat(listed).containsAll(rows(admin, "id")));
    }

    @FunctionalInterface
    private interface Look {
        void at(Connection admin) throws SQLException;
    }

    private void withPath(Look look) throws Exception {
        var file = folder.resolve("pointsman.yaml");
        Files.writeString(file, Setup.of("transaction").text(servers, folder.resolve("state")));
        try (var serve = MainProcess.startOnPath(folder, folder, "serve", "-c", file.toString())) {
            var port = MainProcess.port(serve.awaitError(" ready "), "admin");
            try (var admin =
                    DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:%d/pointsman?preferQueryMode=simple"
                                    .formatted(port),
                            "operator",
                            "secret")) {
                look.at(admin);
            }
        }
    }

    private static String pgDump(Connection admin) throws SQLException {
        return rows(admin, "id", "verdict", "unsafe", "blocks", "finding", "mend").stream()
                .filter(row -> row.startsWith("pg-dump "))
                .findFirst()
                .orElseThrow()
                .replace("pg-dump ", "");
    }

    private static List<String> rows(Connection admin, String... columns) throws SQLException {
        try (var statement = admin.createStatement();
                var rows = statement.executeQuery("CHECK " + servers.database() + " TO green")) {
            var found = new ArrayList<String>();
            while (rows.next()) {
                var cells = new ArrayList<String>();
                for (var column : columns) {
                    cells.add(String.valueOf(rows.getObject(column)));
                }
                found.add(String.join(" ", cells));
            }
            assertThat(found).isNotEmpty();
            return found;
        }
    }

    /// What is said against a migration.
    private static String start(Connection admin) {
        try (var statement = admin.createStatement()) {
            statement.execute("MIGRATE " + servers.database() + " TO green START");
            return "it began";
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
