package dev.pointsman.core.session.carry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.session.carry.sql.SqlPrepare;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One PREPARE in the query string that it came in.
class SqlPrepareTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "s | prepare s as select 1                              | prepare s as select 1",
                "s | begin; PREPARE S(int) as select $1; commit         | PREPARE S(int) as select"
                        + " $1;",
                "S | prepare \"S\" as select ';'; prepare s as select 2 | prepare \"S\" as select"
                        + " ';';",
                "s | prepare s as select 1; deallocate s; prepare s as select 2 | ''",
                "s | /* a */ prepare s as select 1                      | ''",
                "s | prepare t as select 'prepare s as'                 | ''",
                "s | ''                                                 | ''"
            })
    void isFoundWhereThereIsNoDoubt(String name, String query, String command) {
        assertThat(SqlPrepare.of(name, query).strip()).isEqualTo(command);
    }

    @Test
    void aNameOfAnyLengthIsRead() {
        var name = "a\"\"".repeat(20_000);

        assertThat(SqlPrepare.of("a", "prepare \"" + name + "\" as select 1")).isEmpty();
    }
}
