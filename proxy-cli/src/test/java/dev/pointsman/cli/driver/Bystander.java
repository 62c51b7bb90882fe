package dev.pointsman.cli.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.driver.Driver.Address;
import dev.pointsman.cli.driver.jvm.PgJdbc;

import java.sql.SQLException;
import java.util.concurrent.FutureTask;

/// A client that runs one short statement after the other while others cancel theirs. None of its
/// own may end early.
final class Bystander implements AutoCloseable {
    private final FutureTask<Integer> work;
    private volatile boolean over;

    Bystander(Address address) {
        work = new FutureTask<>(() -> run(address));
        Thread.ofVirtual().name("bystander").start(work);
    }

    private int run(Address address) throws SQLException {
        int statements = 0;
        try (var connection = PgJdbc.connect(address);
                var statement = connection.createStatement()) {
            while (!over) {
                statement.execute("select pg_sleep(0.01)");
                statements++;
            }
        }
        return statements;
    }

    /// Ends it, and throws what went wrong.
    void end() throws Exception {
        over = true;
        assertThat(work.get()).isPositive();
    }

    @Override
    public void close() {
        over = true;
    }
}
