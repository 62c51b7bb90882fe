package dev.pointsman.core.config.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.key.ConfigChange;
import dev.pointsman.core.config.key.ConfigRows;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a file may say of databases that it does not name, and what a reload makes of those that
/// are open.
class WildcardTest {
    private static final String FILE =
            """
            listen: {host: 127.0.0.1, port: 0}
            admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
            auth: {type: trust}
            users: {app: {password: a}}
            databases:
              shop:
                control: {user: postgres}
                serve: blue
                servers:
                  blue: {host: 10.0.0.1, dbname: wares}
                  green: {host: 10.0.0.2, dbname: wares}
              "*":
                pool: {size: 3}
                control: {user: postgres}
                servers:
                  main: {host: 10.0.0.1}
            """;

    @Test
    void aNameThatTheFileDoesNotHaveLeadsToTheDatabaseOfThatName() throws Exception {
        // when
        var config = parse(FILE);
        var opened = config.wildcard().orElseThrow().opened("ledger");

        // then
        assertThat(config.databases()).containsOnlyKeys("shop");
        assertThat(opened.unnamed()).isTrue();
        assertThat(opened.serve()).isEqualTo("main");
        assertThat(opened.pool().size()).isEqualTo(3);
        assertThat(opened.server("main").dbname()).isEqualTo("ledger");
        assertThat(config.opening(opened).databases().keySet()).containsExactly("shop", "ledger");
    }

    @Test
    void theWildcardMayBeAllThatThereIs() throws Exception {
        var alone = FILE.replaceFirst("(?s)  shop:.*green.*?\\n", "");

        assertThat(parse(alone).databases()).isEmpty();
        assertThat(parse(alone).wildcard()).isPresent();
    }

    @Test
    void asManyServersAndOtherNamesThereAreMistakesThatAreExplained() {
        var two = FILE.replace("main: {host: 10.0.0.1}", "{a: {host: c}, b: {host: d}}");

        assertThat(problems(two.replace("servers:\n      {", "servers: {")))
                .anyMatch(one -> one.contains("no cutover can move databases that nobody has"));
        assertThat(problems(FILE.replace("main: {host: 10.0.0.1}", "main: {host: h, dbname: d}")))
                .singleElement()
                .asString()
                .contains("databases.*.servers.main.dbname")
                .contains("leads each name to the database of that name");
    }

    @Test
    void rulesMaySpeakOfDatabasesThatComeByTheWildcard() throws Exception {
        var ruled =
                FILE.replace(
                        "auth: {type: trust}",
                        "auth: {rules: [{database: ledger, user: app, method: trust}]}");

        assertThat(parse(ruled).auth().rules()).hasSize(1);
        assertThat(problems(ruled.replaceFirst("(?s)  \"\\*\":.*", "")))
                .anyMatch(one -> one.contains("there is no database ledger"));
    }

    @Test
    void theSettingsAreThoseOfThePatternHoweverManyAreOpen() throws Exception {
        // given
        var config = parse(FILE);

        // when
        var rows = ConfigRows.of(opening(config, "ledger"));

        // then
        assertThat(rows)
                .extracting(ConfigRows.Row::key)
                .contains("databases.*.servers.main.host", "databases.*.pool.size")
                .noneMatch(key -> key.contains("ledger"));
        assertThat(rows).isEqualTo(ConfigRows.of(config));
    }

    @Test
    void aReloadKeepsWhatIsOpenWithTheNewSettings() throws Exception {
        // given
        var now = opening(parse(FILE), "ledger");

        // when
        var next = parse(FILE.replace("size: 3", "size: 4")).keeping(now);

        // then
        assertThat(next.unnamed()).containsExactly("ledger");
        assertThat(next.database("ledger").pool().size()).isEqualTo(4);
        assertThat(change(now, next).changed()).contains("databases.*.pool.size");
        assertThat(change(now, next).fixed()).isEmpty();
        assertThat(change(now, next).added()).isEmpty();
    }

    @Test
    void theWildcardGoesOnlyWhileNothingIsOpen() throws Exception {
        // given
        var now = parse(FILE);
        var next = parse(FILE.replaceFirst("(?s)  \"\\*\":.*", ""));

        // then
        assertThat(change(now, next).fixed()).isEmpty();
        var open = opening(now, "ledger");
        assertThat(change(open, next.keeping(open)).fixed())
                .singleElement()
                .asString()
                .contains("databases.* cannot be removed")
                .contains("ledger came by it");
    }

    @Test
    void theModeOfPoolsStaysAsItIs() throws Exception {
        // given
        var now = opening(parse(FILE), "ledger");
        var other = FILE.replace("pool: {size: 3}", "pool: {size: 3, mode: transaction}");

        // then
        assertThat(change(now, parse(other).keeping(now)).fixed())
                .singleElement()
                .asString()
                .contains("databases.*.pool.mode cannot change");
    }

    @Test
    void aNameThatIsOpenMayBeNamedWithMoreServers() throws Exception {
        // given
        var now = opening(parse(FILE), "ledger");

        // when
        var next = parse(FILE + named("serve: main", "main: {host: 10.0.0.1}")).keeping(now);
        var change = change(now, next);

        // then
        assertThat(next.unnamed()).isEmpty();
        assertThat(change.fixed()).isEmpty();
        assertThat(change.added()).isEmpty();
        assertThat(change.reconnected()).containsExactly("ledger");
    }

    @Test
    void aNameThatIsOpenMayNotBeNamedAsSomethingElse() throws Exception {
        // given
        var now = opening(parse(FILE), "ledger");

        // when: in another mode, on a server of another name
        var mode = named("pool: {mode: transaction}, serve: main", "main: {host: 10.0.0.1}");
        var server = named("serve: east", "east: {host: 10.0.0.1}");

        // then
        assertThat(change(now, parse(FILE + mode).keeping(now)).fixed())
                .singleElement()
                .asString()
                .contains("databases.ledger.pool.mode");
        assertThat(change(now, parse(FILE + server).keeping(now)).fixed())
                .anyMatch(one -> one.contains("databases.ledger has to name its server main"));
    }

    @Test
    void whatIsOpenUnderItsOwnNameIsNotNamedOtherwise() throws Exception {
        // given
        var now = opening(parse(FILE), "ledger");
        var twin = named("serve: main", "main: {host: 10.0.0.1, dbname: ledger}");

        // when
        var next = parse(FILE + twin.replace("  ledger:", "  books:")).keeping(now);

        // then
        assertThat(change(now, next).fixed())
                .singleElement()
                .asString()
                .contains("databases.books leads to where ledger does");
    }

    @Test
    void theNameOfANamedDatabaseOnItsServerIsNoOther() throws Exception {
        var config = parse(FILE);

        assertThat(config.twin(config.wildcard().orElseThrow().opened("wares"))).contains("shop");
        assertThat(config.twin(config.wildcard().orElseThrow().opened("shop"))).isEmpty();
    }

    private static String named(String more, String server) {
        return """
          ledger: {%s, control: {user: postgres}, servers: {%s, west: {host: 10.0.0.9}}}
        """
                .formatted(more, server);
    }

    private static Config opening(Config config, String name) {
        return config.opening(config.wildcard().orElseThrow().opened(name));
    }

    private static ConfigChange change(Config now, Config next) {
        return ConfigChange.between(now, next, name -> now.database(name).serve());
    }

    private static Config parse(String text) throws ConfigProblems {
        return ConfigFile.parse(text, "test.yaml", Path.of("target"), Map.of());
    }

    private static List<String> problems(String text) {
        return catchThrowableOfType(ConfigProblems.class, () -> parse(text)).problems().stream()
                .map(ConfigProblems.Problem::toString)
                .toList();
    }
}
