package dev.pointsman.cli.demo.play;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.cli.demo.EmbeddedServer;
import dev.pointsman.cli.load.Address;
import dev.pointsman.cli.load.Address.Statements;
import dev.pointsman.cli.load.Contents;
import dev.pointsman.cli.load.Load;
import dev.pointsman.cli.load.LoadSettings;
import dev.pointsman.cli.load.LoadTables;
import dev.pointsman.cli.load.Verdict;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.sql.SQLException;

/// The load and its verdict on a server without a proxy: each planted fault is found as what it is.
@Tag("real")
class FaultTest {
    private static final String DATABASE = "shop";
    private static final LoadTables TABLES = new LoadTables("faults");
    private static final int ENOUGH = 100;

    private static EmbeddedServer server;
    private Address address;

    @BeforeAll
    static void boot() throws SQLException {
        server = EmbeddedServer.start(18);
        server.execute("postgres", "CREATE ROLE app LOGIN");
        server.execute("postgres", "CREATE DATABASE shop OWNER app");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void freshTables() throws SQLException {
        address = new Address(EmbeddedServer.HOST, server.port(), DATABASE, "app", "");
        try (var connection = address.connect(Statements.UNNAMED)) {
            TABLES.drop(connection);
            TABLES.create(connection);
            TABLES.fill(connection);
        }
    }

    @ParameterizedTest
    @EnumSource(Statements.class)
    void aRunWithoutAFaultIsClean(Statements statements) throws Exception {
        var verdict = verdict(Fault.NONE, statements);
        assertThat(verdict.examples()).isEmpty();
        assertThat(verdict.clean()).isTrue();
        assertThat(verdict.unacknowledged()).isZero();
    }

    @Test
    void aDeletedRowIsOneLostWrite() throws Exception {
        var verdict = verdict(Fault.LOST, Statements.PREPARED);
        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.duplicated()).isZero();
        assertThat(verdict.errors()).isZero();
    }

    @Test
    void aCopiedRowIsOneDuplicatedWrite() throws Exception {
        var verdict = verdict(Fault.DUPLICATE, Statements.PREPARED);
        assertThat(verdict.duplicated()).isEqualTo(1);
        assertThat(verdict.lost()).isZero();
        assertThat(verdict.errors()).isZero();
    }

    @Test
    void connectionsThatTheServerEndsAreErrorsAndNothingIsLost() throws Exception {
        var verdict = verdict(Fault.ERROR, Statements.PREPARED);
        assertThat(verdict.errors()).isPositive();
        assertThat(verdict.examples()).isNotEmpty();
        assertThat(verdict.lost()).isZero();
        assertThat(verdict.duplicated()).isZero();
    }

    @Test
    void anUpdateThatWasLostOrDoneTwiceIsSeenInTheCounters() throws Exception {
        // given
        var load = run(Fault.NONE, Statements.PREPARED);
        // when
        server.execute(DATABASE, "UPDATE faults.account SET writes = writes - 3 WHERE id = 1");
        server.execute(DATABASE, "UPDATE faults.account SET writes = writes + 2 WHERE id = 2");
        server.execute(
                DATABASE,
                "UPDATE faults.purchase SET status = 'new'"
                        + " WHERE number = (SELECT min(number) FROM faults.purchase)");
        // then
        assertThat(verdict(load).lost()).isEqualTo(4);
        assertThat(verdict(load).duplicated()).isEqualTo(2);
    }

    private Verdict verdict(Fault fault, Statements statements) throws Exception {
        return verdict(run(fault, statements));
    }

    private Verdict verdict(Load load) throws SQLException {
        try (var connection = address.connect(Statements.UNNAMED)) {
            return Verdict.of(
                    load.ledger(),
                    Contents.read(connection, TABLES, load.ledger()),
                    load.recording());
        }
    }

    private Load run(Fault fault, Statements statements) throws Exception {
        try (var load = Load.start(address, TABLES, new LoadSettings(6, 1, 400, statements))) {
            await().until(() -> load.ledger().acknowledged() > ENOUGH);
            fault.plantUnderLoad(server, DATABASE, "app");
            await().until(() -> load.ledger().acknowledged() > 2 * ENOUGH);
            await().until(() -> fault != Fault.ERROR || load.recording().errors() > 0);
            assertThat(load.recording().logins()).isGreaterThan(6);
            load.stop();
            fault.plantAfterLoad(server, DATABASE, TABLES, load.ledger());
            return load;
        }
    }
}
