package dev.pointsman.core.session.carry;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;

class CustomNamesTest {
    private final CustomNames names = new CustomNames();

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    private void learn(String sql) {
        ByteBuf bytes = bytes(sql + "\0");
        names.learn(bytes, 0, bytes.readableBytes(), true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "set app.user = 'x' | app.user",
                "SET SESSION App.User TO 1 | app.user",
                "/* who: me */ set app.user = 1 | app.user",
                "set /* a name follows */ app.user = 1 | app.user",
                "set -- so it is | app.user",
                "select 1; set \"app\".\"user\" = '1' | app.user",
                "set app . user = '1' | app.user",
                "set \"app.user\" = '1' | app.user",
                "select set_config('app.user', $1, false) | app.user",
                "select pg_catalog.\"set_config\" ( 'app.user'::text, 'x', false) | app.user",
                "do $$ begin perform set_config('app.user', 'x', false); end $$ | app.user",
            })
    void aNameIsLearnedHoweverItIsSet(String sql, String name) {
        learn(sql.endsWith("so it is") ? sql + "\n app.user = 1" : sql);

        assertThat(names.names()).containsExactly(name);
        assertThat(names.obstacle()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set search_path = a, b",
                "set time zone 'UTC'",
                "set session characteristics as transaction read only",
                "set local statement_timeout = 1.5",
                "set role clerk",
                "update t set app = a.user",
                "select set_config('search_path', $1, false)",
                "select set_config($1, $2, true)",
                "select set_config($1,'x',true), set_config($2, $3, true)",
            })
    void whatTheCatalogsShowOrTheTransactionEndsIsNone(String sql) {
        learn(sql);

        assertThat(names.names()).isEmpty();
        assertThat(names.obstacle()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select set_config($1, $2, false)",
                "select set_config('app.' || $1, 'x', false)",
                "select set_config(setting_name => 'app.user', new_value => 'x', is_local => false)",
                "select set_config(E'app\\x2euser', 'x', false)",
                "set U&\"app\".user = 'x'",
                "set /* a /* comment */ in a comment */ app.user = 1",
            })
    void aNameThatCannotBeToldIsAnObstacle(String sql) {
        learn(sql);

        assertThat(names.obstacle()).contains("cannot be told");
    }

    @Test
    void aNameThatIsCutOffIsAnObstacle() {
        ByteBuf bytes = bytes("set app.use");
        names.learn(bytes, 0, bytes.readableBytes(), false);

        assertThat(names.obstacle()).contains("cannot be told");
    }

    @Test
    void aCallIsFoundInWhateverPiecesItGoesBy() {
        String sql = "select " + "x".repeat(50) + ", set_se_Set_config('app.user', 'x', false)";
        for (int kept = 7; kept < sql.length(); kept++) {
            for (int cut = kept; cut < sql.length(); cut += 3) {
                var found = new CustomNames();
                ByteBuf bytes = bytes(sql);
                var search = found.search().begin(bytes, 0, kept);
                search.passing(bytes, kept, cut);
                search.passing(bytes, cut, sql.length());

                boolean unseen = sql.toLowerCase(java.util.Locale.ROOT).indexOf("set_config") + 10 > kept;
                assertThat(!found.obstacle().isEmpty()).as(kept + "/" + cut).isEqualTo(unseen);
            }
        }
    }
}
