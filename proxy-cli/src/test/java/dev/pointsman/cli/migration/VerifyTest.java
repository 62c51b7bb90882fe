package dev.pointsman.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.migration.verify.VerifiedTable;
import dev.pointsman.core.migration.verify.VerifiedTable.Verdict;
import dev.pointsman.core.wire.Refused;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

@Tag("real")
class VerifyTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    /// Values whose text form depends on settings, on the version, or on where NULL is told from
    /// nothing.
    private static final String SCHEMA =
            """
            create type mood as enum ('low', 'high');
            create table odd (id int primary key, f float8, g float4, n numeric, t timestamptz,
                i interval, b bytea, m mood, a text[], r int4range, j jsonb, x text, y text,
                c money, o regclass);
            create table keyless (at int, note text);
            create table busy (id int primary key, n int not null);
            create table parted (id int, day date, primary key (id, day)) partition by range (day);
            create table parted_1 partition of parted
                for values from ('2026-01-01') to ('2027-01-01');
            create table "strange ""name" ("a column" int primary key);
            """;

    private static final String ROWS =
            """
            insert into odd values
                (1, 0.1::float8 + 0.2::float8, 1e-7, 1.10, '2026-03-29 02:30:00+01', '1 mon -3 days 4.5 s',
                 '\\x00ff', 'high', '{a,NULL,""}', '[1,5)', '{"b": 1, "a": [1, 2]}', '', null, 12.5,
                 'pg_class'),
                (2, 'NaN', '-0', 'NaN', '-infinity', '-1 year', '', 'low', '{}', 'empty', 'null',
                 null, '', null, null);
            insert into keyless values (1, 'twice'), (1, 'twice'), (2, null);
            insert into busy values (1, 0);
            insert into parted values (1, '2026-02-01');
            insert into "strange ""name" values (1), (2);
            """;

    private Lab lab;

    @BeforeEach
    void migrate() throws Exception {
        lab = new Lab(servers);
        lab.onBlue(SCHEMA + ROWS);
        lab.onGreen(SCHEMA);
        lab.migrations.start(lab.database, Lab.GREEN, Set.of("replica_identity"));
        lab.awaitReady();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void copiesAreEqualWhateverTheVersionsPrint() throws Exception {
        // given: text forms differ by default
        servers.source()
                .execute(
                        lab.database,
                        "alter database "
                                + lab.database
                                + " set DateStyle = 'SQL, DMY'; alter database "
                                + lab.database
                                + " set IntervalStyle = 'iso_8601'; alter database "
                                + lab.database
                                + " set extra_float_digits = -5; alter database "
                                + lab.database
                                + " set bytea_output = 'escape'");

        // when
        var tables = verify();

        // then
        assertThat(tables)
                .hasSize(5)
                .allSatisfy(
                        (_, table) -> {
                            assertThat(table.verdict()).isEqualTo(Verdict.EQUAL);
                            assertThat(table.here()).isEqualTo(table.there());
                        });
        assertThat(of(tables, "public.keyless").here().rows()).isEqualTo(3);
    }

    @Test
    void theOrderOfRowsDoesNotMatter() throws Exception {
        // given: the rows lie in another order there
        lab.onGreen("create index byId on odd (id desc); cluster odd using byId");

        // then
        assertThat(of(verify(), "public.odd").verdict()).isEqualTo(Verdict.EQUAL);
    }

    @Test
    void whateverIsDifferentIsFound() throws Exception {
        // given: one thing in each table
        lab.onGreen("update odd set y = null where id = 2");
        lab.onGreen("insert into keyless values (1, 'twice')");
        lab.onGreen("update busy set n = n + 1");
        lab.onGreen("insert into parted values (9, '2026-03-01')");
        lab.onGreen("update \"strange \"\"name\" set \"a column\" = 3 where \"a column\" = 2");

        // when
        var tables = verify();

        // then
        assertThat(tables)
                .hasSize(5)
                .allSatisfy(
                        (_, table) -> {
                            assertThat(table.verdict()).isEqualTo(Verdict.DIFFERS);
                            assertThat(table.here()).isNotEqualTo(table.there());
                        });
    }

    @Test
    void aColumnThatIsMissingThereIsADifference() throws Exception {
        lab.onGreen("alter table busy drop column n");

        assertThat(verify().get("public.busy"))
                .satisfies(
                        table -> {
                            assertThat(table.verdict()).isEqualTo(Verdict.DIFFERS);
                            assertThat(table.message()).contains("[n]");
                        });
    }

    @Test
    void whatCannotBeReadIsUnknown() throws Exception {
        lab.onGreen(
                "alter table busy rename to gone; create view busy as select id, n / 0 as n from"
                        + " gone");

        assertThat(of(verify(), "public.busy").verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void aTableThatIsWrittenToAllTheTimeIsNeverCalledDifferent() throws Exception {
        // given
        var stop = new AtomicBoolean();
        var writer =
                CompletableFuture.runAsync(
                        () -> {
                            try (var connection = servers.source().connect(lab.database);
                                    var statement = connection.createStatement()) {
                                while (!stop.get()) {
                                    statement.execute("update busy set n = n + 1");
                                }
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        Awaitility.await().until(() -> !lab.blue("select n from busy").equals("0"));

        // when
        var tables = verify();

        // then
        stop.set(true);
        writer.join();
        assertThat(of(tables, "public.busy").verdict()).isNotEqualTo(Verdict.DIFFERS);
        assertThat(of(tables, "public.odd").verdict()).isEqualTo(Verdict.EQUAL);
    }

    @Test
    void whileChangesDoNotFlowNothingIsCompared() throws Exception {
        lab.onGreen("alter subscription pointsman_" + lab.database + "_1 disable");

        Awaitility.await()
                .untilAsserted(
                        () ->
                                assertThatThrownBy(() -> lab.migrations.verification(lab.database))
                                        .isInstanceOf(Refused.class)
                                        .hasMessageContaining("not in step"));
    }

    private static VerifiedTable of(Map<String, VerifiedTable> tables, String name) {
        return Objects.requireNonNull(tables.get(name), name);
    }

    private Map<String, VerifiedTable> verify() throws Exception {
        var verification = lab.migrations.verification(lab.database);
        return verification.run(_ -> {}).stream()
                .collect(Collectors.toMap(VerifiedTable::table, table -> table));
    }
}
