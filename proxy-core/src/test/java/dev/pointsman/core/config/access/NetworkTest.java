package dev.pointsman.core.config.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;

class NetworkTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.4.0.0/15, 10.5.255.255, true",
        "10.4.0.0/15, 10.6.0.0, false",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "0.0.0.0/0, 192.168.0.1, true",
        "0.0.0.0/0, ::1, false",
        "::/0, ::1, true",
        "::/0, 127.0.0.1, false",
        "fd00:66::/32, fd00:66:1::5, true",
        "fd00:66::/32, fd00:67::5, false",
        "::1, ::1, true",
        "::ffff:10.0.0.0/104, 10.9.9.9, true",
        "10.0.0.0/8, ::ffff:10.9.9.9, true",
        "::ffff:10.0.0.1, 10.0.0.1, true",
        "local, 127.0.0.1, false",
        "local, ::, false",
    })
    void anAddressIsInARangeOrNot(String range, String address, boolean in) {
        assertThat(network(range).contains(InetAddress.ofLiteral(address))).isEqualTo(in);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1/8",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "10.1",
                "a.b.c.d",
                "",
                "localhost",
                "::1/129",
                "fd00::1/64",
                "fe80::1%eth0",
                "::ffff:10.0.0.0/8",
                "256.0.0.1",
                "/8"
            })
    void whatIsNoRangeIsNotTakenForOne(String text) {
        assertThat(Network.parse(text)).isEmpty();
    }

    @Test
    void aRangeCoversThoseInIt() {
        assertThat(network("10.0.0.0/8").covers(network("10.1.0.0/16"))).isTrue();
        assertThat(network("10.0.0.0/8").covers(network("10.0.0.0/8"))).isTrue();
        assertThat(network("10.1.0.0/16").covers(network("10.0.0.0/8"))).isFalse();
        assertThat(network("0.0.0.0/0").covers(network("::1"))).isFalse();
    }

    private static Network network(String text) {
        return Network.parse(text).orElseThrow();
    }
}
