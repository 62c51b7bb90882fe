package dev.pointsman.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.admin.command.AdminCommand.Stop;
import dev.pointsman.cli.serve.StopSignal.Way;

import org.junit.jupiter.api.Test;

class StopSignalTest {
    private final StopSignal stop = new StopSignal();

    @Test
    void anInterruptWaitsForTransactionsAndTheSecondForNobody() {
        // when
        stop.onInterrupt();
        var first = stop.way();
        stop.onInterrupt();

        // then
        assertThat(first).isEqualTo(Way.TRANSACTIONS_HAVE_ENDED);
        assertThat(stop.way()).isEqualTo(Way.AT_ONCE);
    }

    @Test
    void whoAsksLaterOnlyMakesItSooner() {
        // given
        stop.ask(Stop.WAIT_FOR_CLIENTS);
        assertThat(stop.way()).isEqualTo(Way.CLIENTS_HAVE_LEFT);

        // when
        stop.ask(Way.IN_TIME);
        stop.ask(Stop.WAIT_FOR_SERVERS);

        // then
        assertThat(stop.way()).isEqualTo(Way.IN_TIME);
        stop.ask(Stop.NOW);
        assertThat(stop.way()).isEqualTo(Way.AT_ONCE);
    }
}
