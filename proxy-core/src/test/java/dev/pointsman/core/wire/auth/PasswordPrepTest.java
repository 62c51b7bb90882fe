package dev.pointsman.core.wire.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The examples of RFC 4013, section 3, and PostgreSQL's way out for what it forbids.
class PasswordPrepTest {
    @Test
    void whatLooksTheSameIsTheSamePassword() {
        assertThat(PasswordPrep.normalize("I\u00adX")).isEqualTo("IX");
        assertThat(PasswordPrep.normalize("user")).isEqualTo("user");
        assertThat(PasswordPrep.normalize("USER")).isEqualTo("USER");
        assertThat(PasswordPrep.normalize("\u00aa")).isEqualTo("a");
        assertThat(PasswordPrep.normalize("\u2168")).isEqualTo("IX");
        assertThat(PasswordPrep.normalize("a\u00a0b")).isEqualTo("a b");
    }

    @Test
    void aForbiddenPasswordIsTakenAsItIs() {
        assertThat(PasswordPrep.normalize("\u0007")).isEqualTo("\u0007");
        assertThat(PasswordPrep.normalize("\u00e9\u0007")).isEqualTo("\u00e9\u0007");
        assertThat(PasswordPrep.normalize("\u06271")).isEqualTo("\u06271");
        assertThat(PasswordPrep.normalize("\u00ad")).isEqualTo("\u00ad");
    }
}
