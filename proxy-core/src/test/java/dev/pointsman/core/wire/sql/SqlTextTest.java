package dev.pointsman.core.wire.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;

class SqlTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "BEGIN | BEGIN",
                "begin; | BEGIN",
                "`  \t\n StArT transaction` | START",
                "`-- a comment\nCOMMIT` | COMMIT",
                "/* a /* nested */ one */ rollback | ROLLBACK",
                ";;( (select 1)) | SELECT",
                "set/**/x=1 | SET",
                "SETTING | OTHER",
                "set_config | OTHER",
                "SELECT1 | OTHER",
                "'begin' | OTHER",
                "\u00e9begin | OTHER",
                "/* open | EMPTY",
                "-- only | EMPTY",
                "- | OTHER",
                "/ | OTHER",
                "` ; ` | EMPTY",
                "`` | EMPTY",
                "DEALLOCATE ALL | DEALLOCATE",
                "do $$begin end$$ | DO"
            })
    void theFirstWordIsFound(String sql, Keyword keyword) {
        var bytes = text(sql);
        assertThat(Keyword.first(bytes, 2, bytes.writerIndex())).isEqualTo(keyword);
    }

    @Test
    void aTextThatIsCutSaysSoUntilItsFirstWordIsThere() {
        var sql = "/* c */ -- d\n LISTEN x";
        var bytes = text(sql);
        int told = 2 + sql.indexOf(" x") + 1;
        for (int to = 2; to < told; to++) {
            assertThat(Keyword.first(bytes, 2, to)).as("%d bytes", to - 2).isEqualTo(Keyword.CUT);
        }
        assertThat(Keyword.first(bytes, 2, told)).isEqualTo(Keyword.LISTEN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT 1; LISTEN x | 9",
                "SELECT ';'; x | 11",
                "SELECT 'it''s;'; x | 16",
                "SELECT ';\\'; x | 12",
                "SELECT E'\\';'; x | 14",
                "SELECT E'a''\\';'; x | 17",
                "SELECT \";\"; x | 11",
                "SELECT $$;$$; x | 13",
                "SELECT $a$;$$;$a$; x | 18",
                "SELECT a$b; x$b | 11",
                "SELECT $1; x | 10",
                "SELECT 1 /*;*/; x | 15",
                "`SELECT 1 --;\n; x` | 14",
                "CREATE RULE r DO (a; b); x | 24",
                "SELECT 1 | 8",
                "SELECT 'open; | 13",
                "SELECT $a$ open; | 16"
            })
    void aStatementEndsBehindItsSemicolon(String sql, int end) {
        var bytes = text(sql);
        assertThat(SqlText.statementEnd(bytes, 2, bytes.writerIndex()) - 2).isEqualTo(end);
    }

    @Test
    void everyEndOfBytesIsWithinBounds() {
        var sql = "/* a */ E'b\\'' $q$ c $q$ \"d\" -- e\n (f); 'g";
        var bytes = text(sql);
        for (int from = 2; from <= bytes.writerIndex(); from++) {
            for (int to = from; to <= bytes.writerIndex(); to++) {
                var exact = bytes.copy(0, to);
                assertThat(SqlText.statementEnd(exact, from, to)).isBetween(from, to);
                Keyword.first(exact, from, to);
            }
        }
    }

    @Test
    void aWordIsFoundInAnyCase() {
        var needle = SqlText.needle("set_config");
        var bytes = text("SELECT SET_Config('a.b', 'c', false)");
        assertThat(SqlText.contains(bytes, 2, bytes.writerIndex(), needle)).isTrue();
        assertThat(SqlText.contains(bytes, 2, 15, needle)).isFalse();
        assertThat(SqlText.contains(text("set-config set_confi"), 2, 22, needle)).isFalse();
        assertThat(SqlText.contains(text("xset_config"), 2, 13, needle)).isTrue();
    }

    /// Two bytes of something else, the text, its zero byte.
    private static ByteBuf text(String sql) {
        return Unpooled.copiedBuffer("xx" + sql + "\0", StandardCharsets.UTF_8);
    }
}
