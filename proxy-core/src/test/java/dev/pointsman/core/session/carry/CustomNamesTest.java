package dev.pointsman.core.session.carry;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

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
                "set app.owner = 'x' | app.owner",
                "SET SESSION App.Owner TO 1 | app.owner",
                "/* who: me */ set app.owner = 1 | app.owner",
                "set /* a name follows */ app.owner = 1 | app.owner",
                "set /* a /* comment */ in a comment */ app.owner = 1 | app.owner",
                "set -- so it is | app.owner",
                "select 1; set \"app\".\"owner\" = '1' | app.owner",
                "set app . owner = '1' | app.owner",
                "set \"app.owner\" = '1' | app.owner",
                "select set_config('app.owner', $1, false) | app.owner",
                "select pg_catalog.\"set_config\" ( 'app.owner'::text, 'x', false) | app.owner",
                "do $$ begin perform set_config('app.owner', 'x', false); end $$ | app.owner",
            })
    void aNameIsLearnedHoweverItIsSet(String sql, String name) {
        learn(sql.endsWith("so it is") ? sql + "\n app.owner = 1" : sql);

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
                "update t set app = a.owner",
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
                "select set_config(setting_name => 'app.owner', new_value => 'x', is_local =>"
                        + " false)",
                "select set_config(E'app\\x2eowner', 'x', false)",
                "set U&\"app\".owner = 'x'",
                "select set_config('app.\u00eb', 'x', false)",
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
        String sql = "select " + "x".repeat(50) + ", set_se_Set_config('app.owner', 'x', false)";
        for (int kept = 7; kept < sql.length(); kept++) {
            for (int cut = kept; cut < sql.length(); cut += 3) {
                var found = new CustomNames();
                ByteBuf bytes = bytes(sql);
                var search = found.search().begin(bytes, 0, kept);
                search.passing(bytes, kept, cut);
                search.passing(bytes, cut, sql.length());

                boolean unseen = sql.toLowerCase(Locale.ROOT).indexOf("set_config") + 10 > kept;
                assertThat(!found.obstacle().isEmpty()).as(kept + "/" + cut).isEqualTo(unseen);
            }
        }
    }
}
