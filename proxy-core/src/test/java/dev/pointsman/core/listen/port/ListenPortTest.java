package dev.pointsman.core.listen.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.listen.port.ListenPort.Whom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;

class ListenPortTest {
    private static final String HERE = "127.0.0.1";

    /// Too long for the name of anything: known without asking anybody.
    private static final String NOBODY = "x".repeat(64);

    @ParameterizedTest
    @EnumSource(Whom.class)
    void aStarIsEveryAddressOnEveryPort(Whom whom) throws Exception {
        // when
        var address = new ListenPort(whom, "*", 7777).address();

        // then
        assertThat(address.getAddress().isAnyLocalAddress()).isTrue();
        assertThat(address.getPort()).isEqualTo(7777);
        new ListenPort(whom, "*", 0).mustBeFree();
    }

    @ParameterizedTest
    @CsvSource({
        "CLIENTS,   clients,            listen",
        "OPERATORS, operators,          admin",
        "PROBES,    metrics and probes, http"
    })
    void anUnknownHostAndAPortInUseAreToldWithWhereAndHowToMend(
            Whom whom, String people, String section) throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = taken.getLocalPort();
            assertThatThrownBy(new ListenPort(whom, NOBODY, port)::mustBeFree)
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "cannot listen for %s on %s:%d: the host name is not known; mend"
                                    + " `%s.host`",
                            people, NOBODY, port, section);
            assertThatThrownBy(new ListenPort(whom, HERE, port)::mustBeFree)
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "cannot listen for %s on %s:%d: the port is in use; stop what uses it,"
                                    + " or give `%s.port` another",
                            people, HERE, port, section);
            assertThatThrownBy(new ListenPort(whom, "*", port)::mustBeFree)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the port is in use");
        }
    }

    @Test
    void lookingTakesNothing() throws Exception {
        // given
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var free = new ListenPort(Whom.CLIENTS, HERE, port);

        // when
        free.mustBeFree();

        // then
        free.mustBeFree();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Cannot assign requested address                        | this machine has no such address; mend `listen.host`
                    bind(..) failed with error(-98): Address already in use | the port is in use; stop what uses it, or give `listen.port` another
                    Permission denied | the system does not let this user (Permission denied); give `listen.port` a number from 1024 on
                    Something new     | Something new; mend `listen.host` or `listen.port`
                    """)
    void everyReasonOfTheSystemHasAMend(String system, String told) {
        assertThat(
                        new ListenPort(Whom.CLIENTS, HERE, 80)
                                .failure(new BindException(system))
                                .getMessage())
                .isEqualTo("cannot listen for clients on 127.0.0.1:80: " + told);
    }
}
