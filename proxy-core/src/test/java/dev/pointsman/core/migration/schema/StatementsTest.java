package dev.pointsman.core.migration.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatementsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE a (b text DEFAULT 'x;y')",
                "CREATE TABLE \"a;b\" (c int)",
                "COMMENT ON TABLE a IS 'it''s; so'",
                "SELECT E'a\\';b'",
                "SELECT E'a''\\';b'",
                "SELECT 'back\\'",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $_$ SELECT 1; SELECT $1; $_$",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT ';' $$",
                "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT"
                        + " CASE WHEN a > 1 THEN 2 ELSE 3 END; END",
                "CREATE RULE r AS ON INSERT TO a DO ALSO (INSERT INTO b VALUES (1); SELECT 2)",
                "SELECT 1 /* ; /* nested ; */ ; */ + 1",
                "SELECT 1 -- ; not the end\n + 1",
                "SELECT a$1, b FROM begin_end"
            })
    void aSemicolonInsideAStatementDoesNotEndIt(String statement) {
        assertThat(Statements.of(statement + ";\nSELECT 2;\n"))
                .containsExactly(statement, "SELECT 2");
    }

    @Test
    void commentsAndEmptyStatementsBetweenAreDropped() {
        assertThat(Statements.of("--\n-- Name: a; Type: TABLE\n--\n\n;;/* x */ ;SELECT 1"))
                .containsExactly("SELECT 1");
    }

    @Test
    void theDumpsTwoLinesForPsqlAreLeftOut() {
        var dump = "\\restrict abc\nSET a = 1;\n\\unrestrict abc\n";
        assertThat(SchemaCopy.statements(dump)).containsExactly("SET a = 1");
    }

    @Test
    void anUnfinishedStringEndsWithTheScript() {
        assertThat(Statements.of("SELECT 'a")).containsExactly("SELECT 'a");
    }
}
