package dev.pointsman.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.load.Address;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;

class LoadUrlTest {
    @Test
    void everyPartOfAnAddressIsRead() {
        assertThat(LoadUrl.parse("postgres://app:secret@db.example:6432/shop", Map.of()))
                .isEqualTo(new Address("db.example", 6432, "shop", "app", "secret"));
    }

    @Test
    void whatIsLeftOutIsWhatPostgresqlTakes() {
        assertThat(LoadUrl.parse("postgresql://app@localhost", Map.of("PGPASSWORD", "p")))
                .isEqualTo(new Address("localhost", 5432, "app", "app", "p"));
    }

    @Test
    void anAddressInBracketsIsOfVersionSix() {
        assertThat(LoadUrl.parse("postgres://app@[::1]:7000/x", Map.of()).host()).isEqualTo("::1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:5432", "http://app@localhost/x", "postgres:///x", "p q"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> LoadUrl.parse(text, Map.of()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("postgres://app@127.0.0.1:6432/shop");
    }

    @Test
    void aRefusalDoesNotRepeatThePassword() {
        assertThatThrownBy(() -> LoadUrl.parse("http://app:secret@localhost/x", Map.of()))
                .hasMessageNotContaining("secret");
    }
}
