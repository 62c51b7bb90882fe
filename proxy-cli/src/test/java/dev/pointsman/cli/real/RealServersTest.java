package dev.pointsman.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.sql.SQLException;

@Tag("real")
class RealServersTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @Test
    void theServersAreOfDifferentMajors() throws SQLException {
        assertThat(servers.source().value(servers.database(), "show server_version"))
                .startsWith("14.");
        assertThat(servers.target().value(servers.database(), "show server_version"))
                .startsWith("18.");
    }

    @Test
    void whatWasAcknowledgedSurvivesACrash() throws SQLException {
        // given
        var server = servers.source();
        server.execute(servers.database(), "create table t (id int); insert into t values (7)");
        // when
        server.crash();
        // then
        assertThatThrownBy(() -> server.connect(servers.database()))
                .isInstanceOf(SQLException.class);
        server.restart();
        assertThat(server.value(servers.database(), "select id from t")).isEqualTo("7");
    }

    @Test
    void oneReplicatesToTheOtherAndTheFixtureCleansUpAfterIt() throws SQLException {
        // given
        var database = servers.database();
        for (var server : servers.all()) {
            server.execute(database, "create table t (id int primary key)");
        }
        servers.source().execute(database, "create publication p for table t");
        servers.target()
                .execute(
                        database,
                        "create subscription s connection 'host=%s port=%d user=postgres dbname=%s' publication p"
                                .formatted(
                                        servers.source().peerHost(),
                                        servers.source().peerPort(),
                                        database));
        // when
        servers.source().execute(database, "insert into t values (1)");
        // then
        Awaitility.await()
                .until(
                        () ->
                                servers.target()
                                        .value(database, "select count(*) from t")
                                        .equals("1"));
    }
}
