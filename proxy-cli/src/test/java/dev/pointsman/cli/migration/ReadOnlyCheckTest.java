package dev.pointsman.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.Check.Verdict;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.sql.Connection;
import java.sql.SQLException;

/// The check `read-only` against what a session of that role really gets.
@Tag("real")
class ReadOnlyCheckTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    private static final String READER = "applicant";

    private Lab lab;
    private Connection application;

    @BeforeEach
    void anApplicationIsAtWork() throws SQLException {
        lab = new Lab(servers);
        for (var server : servers.all()) {
            server.execute(
                    "postgres",
                    "do $$ begin create role applicant login password 'secret'; exception"
                            + " when duplicate_object then null; end $$");
        }
        application = connect(servers.source());
    }

    @AfterEach
    void leave() throws SQLException {
        application.close();
        lab.close();
        for (var server : servers.all()) {
            server.execute("postgres", "alter role " + READER + " reset all");
        }
    }

    private Connection connect(RealServer server) throws SQLException {
        return server.connect(lab.database, READER, "secret");
    }

    /// Of the target: in the database's setting, the role's, and the role's in the database; empty
    /// for none.
    private Check checked(String database, String role, String both) throws Exception {
        set("database " + lab.database, database);
        set("role " + READER, role);
        set("role " + READER + " in database " + lab.database, both);
        return lab.migrations.check(lab.database, Lab.GREEN).stream()
                .filter(row -> row.id().equals("read-only"))
                .findFirst()
                .orElseThrow();
    }

    private void set(String whose, String value) throws SQLException {
        servers.target()
                .execute(
                        "postgres",
                        "alter "
                                + whose
                                + (value.isEmpty() ? " reset" : " set")
                                + " default_transaction_read_only"
                                + (value.isEmpty() ? "" : " = " + value));
    }

    @Test
    void theSettingThatTheServerPicksIsTheOneThatCounts() throws Exception {
        for (var database : new String[] {"", "off", "on"}) {
            for (var role : new String[] {"", "off", "on"}) {
                for (var both : new String[] {"", "off", "on"}) {
                    // when
                    var check = checked(database, role, both);

                    // then
                    String real;
                    try (var session = connect(servers.target());
                            var statement = session.createStatement();
                            var rows =
                                    statement.executeQuery("show default_transaction_read_only")) {
                        rows.next();
                        real = rows.getString(1);
                    }
                    assertThat(check.verdict() == Verdict.FAIL)
                            .as(
                                    "database '%s', role '%s', both '%s': %s",
                                    database, role, both, check)
                            .isEqualTo(real.equals("on"));
                }
            }
        }
    }

    @Test
    void theMendIsOfTheSettingThatCounts() throws Exception {
        assertThat(checked("", "", "on").mend())
                .isEqualTo(
                        "ALTER ROLE \"%s\" IN DATABASE \"%s\" RESET default_transaction_read_only"
                                .formatted(READER, lab.database));
        assertThat(checked("", "on", "").mend())
                .isEqualTo("ALTER ROLE \"" + READER + "\" RESET default_transaction_read_only");
        assertThat(checked("on", "", "").mend())
                .isEqualTo(
                        "ALTER DATABASE \""
                                + lab.database
                                + "\" RESET default_transaction_read_only");
        assertThat(checked("on", "off", "")).extracting(Check::verdict).isEqualTo(Verdict.WARN);
    }

    @Test
    void whoIsReadOnlyOnTheSourceByAnySettingIsInNobodysWay() throws Exception {
        servers.source()
                .execute(
                        "postgres",
                        "alter role %s in database %s set default_transaction_read_only = on"
                                .formatted(READER, lab.database));

        assertThat(checked("", "on", "").verdict()).isEqualTo(Verdict.PASS);
    }
}
