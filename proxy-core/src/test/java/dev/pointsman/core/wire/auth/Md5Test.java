package dev.pointsman.core.wire.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Locale;

class Md5Test {
    private static final String STORED = "md54a0a68b43b6cd5cf266fa02f196e2371";
    private static final String ANSWER = "md598a0412b9c31436fc53776e863350083";

    @Test
    void theStoredFormIsPostgresqls() {
        // SELECT 'md5' || md5('secret' || 'alice')
        assertThat(Md5.hash("secret", "alice")).isEqualTo(STORED);
        assertThat(Md5.isHash(STORED)).isTrue();
        assertThat(Md5.isHash("secret")).isFalse();
        assertThat(Md5.isHash(STORED.toUpperCase(Locale.ROOT))).isFalse();
    }

    @Test
    void anAnswerIsRightForItsSaltAndPasswordOnly() {
        assertThat(Md5.answer(STORED, 0x01020304)).isEqualTo(ANSWER);
        assertThat(Md5.matches(ANSWER, STORED, 0x01020304)).isTrue();
        assertThat(Md5.matches(ANSWER, STORED, 0x04030201)).isFalse();
        assertThat(Md5.matches(ANSWER, Md5.hash("wrong", "alice"), 0x01020304)).isFalse();
        assertThat(Md5.matches("", STORED, 0x01020304)).isFalse();
    }
}
