package dev.pointsman.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;

@Tag("real")
class EmbeddedServerTest {
    @ParameterizedTest
    @ValueSource(ints = {13, 15, 16, 17})
    void everyMajorComesUpReadyForLogicalReplication(int major) throws SQLException {
        try (var server = EmbeddedServer.start(major);
                var connection = server.connect("postgres");
                var rows =
                        connection
                                .createStatement()
                                .executeQuery(
                                        "select current_setting('wal_level'),"
                                                + " current_setting('server_version_num')::int /"
                                                + " 10000")) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("logical");
            assertThat(rows.getInt(2)).isEqualTo(major);
        }
    }

    @Test
    void aServerKeepsItsPortAndDataUntilItIsClosed() throws SQLException {
        // given
        var server = EmbeddedServer.start(18);
        var port = server.port();
        server.execute("postgres", "create table t (id int); insert into t values (1)");
        // when
        server.stop();
        assertThat(server.isRunning()).isFalse();
        server.restart();
        server.crash();
        server.restart();
        // then
        assertThat(server.port()).isEqualTo(port);
        server.execute("postgres", "select 1 / count(*) from t");
        server.close();
        assertThat(Files.exists(server.data())).isFalse();
    }

    @Test
    void rolesShowPasswordsWhereTheSettingsSaySo() throws SQLException {
        var settings = EmbeddedSettings.of(14).withPasswords();
        try (var server = EmbeddedServer.start(settings)) {
            // given
            server.execute("postgres", "create role app login password 'right'");
            // when, then
            server.connect("postgres", "app", "right").close();
            assertThatThrownBy(() -> server.connect("postgres", "app", "wrong"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password");
        }
    }

    @Test
    void aServerThatCannotStartSaysWhyAndLeavesNothing() {
        var settings =
                List.of(
                        EmbeddedSettings.of(18),
                        EmbeddedSettings.of(14).with("wal_level", "sideways"));
        assertThatThrownBy(() -> EmbeddedServer.startAll(settings))
                .hasMessageContaining("wal_level");
    }
}
