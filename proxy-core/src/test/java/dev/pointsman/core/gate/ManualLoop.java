package dev.pointsman.core.gate;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// An event loop that runs when the test says so, on the test's thread, with the test's clock.
public final class ManualLoop {
    private final MockTicker ticker;
    private final ManualIoEventLoop loop;

    public ManualLoop() {
        this(Ticker.newMockTicker());
    }

    public ManualLoop(MockTicker ticker) {
        this.ticker = ticker;
        loop =
                new ManualIoEventLoop(
                        null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
    }

    public ManualIoEventLoop loop() {
        return loop;
    }

    public MockTicker ticker() {
        return ticker;
    }

    /// Who is inside on this loop.
    public List<Insider> insiders(Gate gate) {
        return gate.on(loop).insiders();
    }

    /// Runs tasks until there are none that are due.
    public void run() {
        while (loop.runNow() > 0) {
            // tasks made by tasks
        }
    }

    public void advance(Duration time) {
        ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
        run();
    }
}
