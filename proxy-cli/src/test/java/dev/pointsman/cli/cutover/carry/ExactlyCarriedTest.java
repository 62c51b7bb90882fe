package dev.pointsman.cli.cutover.carry;

import static dev.pointsman.cli.cutover.CrossingLab.switched;
import static dev.pointsman.cli.cutover.wire.Message.bind;
import static dev.pointsman.cli.cutover.wire.Message.execute;
import static dev.pointsman.cli.cutover.wire.Message.parse;
import static dev.pointsman.cli.cutover.wire.Message.query;
import static dev.pointsman.cli.cutover.wire.Message.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.wire.RawClient;
import dev.pointsman.cli.real.RealServers;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Statements and settings mean on the other server what they meant on the first, whatever the
/// client's encoding and role.
@Tag("real")
class ExactlyCarriedTest {
    private static final String NAME = "Zo\u00eb";
    private static final String IN_UTF8 = "D 5a6fc3ab";
    private static final String ROLE = "carried_tenant";

    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension
    final LaidServers laid =
            new LaidServers(
                    servers,
                    Setup.of("transaction").cutover("attempts: 1").more("auth: {type: trust}"));

    @TempDir Path state;

    private static String value(RawClient client, String sql) {
        return first(client.run(sql));
    }

    private static String run(RawClient client, String statement) {
        return first(client.send(bind(statement), execute(), sync()).awaitReady());
    }

    private static String first(List<String> words) {
        return words.stream()
                .filter(word -> word.startsWith("D ") || word.startsWith("E "))
                .findFirst()
                .orElse("nothing");
    }

    private static String inUtf8(String text) {
        return "select encode(convert_to(" + text + ", 'UTF8'), 'hex')";
    }

    private static void leaveState(RawClient client, Charset encoding) {
        client.send(query(("set app.name = '" + NAME + "'").getBytes(encoding))).awaitReady();
        var sql = "prepare by_sql as " + inUtf8("'" + NAME + "'");
        client.send(query(sql.getBytes(encoding))).awaitReady();
        var parse = parse("by_protocol", inUtf8("'" + NAME + "'").getBytes(encoding));
        client.send(parse, sync()).awaitReady();
        assertThat(run(client, "by_protocol")).isEqualTo(IN_UTF8);
    }

    /// In transaction mode the setting keeps each of them on a server connection of its own.
    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void textIsTheSameInEveryEncodingOfTheClient(String mode) throws Exception {
        try (var lab = laid.labIn(mode, state);
                var utf8 = lab.raw();
                var latin1 = lab.raw();
                var changed = lab.raw();
                var asked =
                        RawClient.connect(
                                lab.proxy().port(),
                                Map.of(
                                        "user",
                                        CrossingLab.USER,
                                        "database",
                                        servers.database(),
                                        "client_encoding",
                                        "latin1"))) {
            leaveState(utf8, StandardCharsets.UTF_8);
            latin1.run("set client_encoding = latin1");
            leaveState(latin1, StandardCharsets.ISO_8859_1);
            leaveState(asked, StandardCharsets.ISO_8859_1);
            leaveState(changed, StandardCharsets.UTF_8);
            changed.run("set app.not_in_latin1 = '\u20ac'");
            changed.run("set client_encoding = latin1");

            // when
            switched(lab.to("green"));

            // then
            for (var client : List.of(utf8, latin1, asked, changed)) {
                assertThat(value(client, "show server_version")).startsWith("D 18");
                assertThat(value(client, inUtf8("current_setting('app.name')"))).isEqualTo(IN_UTF8);
                assertThat(value(client, "execute by_sql")).isEqualTo(IN_UTF8);
            }
            for (var client : List.of(utf8, latin1, asked)) {
                assertThat(run(client, "by_protocol")).isEqualTo(IN_UTF8);
            }
            assertThat(value(changed, inUtf8("current_setting('app.not_in_latin1')")))
                    .isEqualTo("D e282ac");
            if (mode.equals("session")) {
                assertThat(run(changed, "by_protocol")).isEqualTo(IN_UTF8);
            }
            assertThat(value(utf8, "show client_encoding")).isEqualTo("D UTF8");
            for (var client : List.of(latin1, asked, changed)) {
                assertThat(value(client, "show client_encoding")).isEqualTo("D LATIN1");
            }
        }
    }

    @Test
    void statementsFindTheirTablesThroughTheRoleThatTheyWerePreparedIn() throws Exception {
        for (var server : servers.all()) {
            server.execute("postgres", "create role " + ROLE);
            server.execute("postgres", "grant " + ROLE + " to " + CrossingLab.USER);
            for (var role : List.of(ROLE, CrossingLab.USER)) {
                server.execute(
                        servers.database(),
                        "create schema %1$s authorization %1$s".formatted(role));
                server.execute(
                        servers.database(),
                        "create view %1$s.mine_%1$s as select '%1$s' as v".formatted(role));
                server.execute(
                        servers.database(),
                        "grant select on %1$s.mine_%1$s to %1$s".formatted(role));
            }
        }
        try (var lab = laid.labIn("session", state);
                var client = lab.raw()) {
            client.send(parse("before", "select v from mine_" + CrossingLab.USER), sync())
                    .awaitReady();
            client.run("set role " + ROLE);
            client.send(parse("within", "select v from mine_" + ROLE), sync()).awaitReady();
            client.run("prepare by_sql as select v from mine_" + ROLE);
            assertThat(run(client, "within")).isEqualTo("D " + ROLE);

            // when
            switched(lab.to("green"));

            // then
            assertThat(value(client, "show server_version")).startsWith("D 18");
            assertThat(value(client, "select current_user")).isEqualTo("D " + ROLE);
            assertThat(run(client, "within")).isEqualTo("D " + ROLE);
            assertThat(value(client, "execute by_sql")).isEqualTo("D " + ROLE);
            client.run("reset role");
            assertThat(run(client, "before")).isEqualTo("D " + CrossingLab.USER);
        } finally {
            CrossingLab.liftFences(servers);
            for (var server : servers.all()) {
                server.execute(servers.database(), "drop owned by " + ROLE + " cascade");
                server.execute("postgres", "drop role " + ROLE);
            }
        }
    }
}
