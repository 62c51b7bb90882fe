package dev.pointsman.cli.driver;

import dev.pointsman.cli.cutover.CrossingLab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// One driver under test.
public interface Driver {
    String name();

    /// What it is asked to do, in this order.
    List<String> scenarios();

    /// Of [#scenarios], what needs a server connection of the client's own.
    List<String> needsSession();

    /// Makes ready what it runs with; throws with the missing tool's name in the message.
    void prepare() throws IOException, InterruptedException;

    /// Carries out scenarios. `tag` is the beginning of the names of tables that nobody else uses.
    ///
    /// @throws IOException when it ends without an account of what it did
    Account play(Address address, String tag, List<String> scenarios)
            throws IOException, InterruptedException;

    /// Whether [#write] does anything.
    default boolean writes() {
        return true;
    }

    /// Inserts numbered rows into the table `entry`, from 1 on, until the file `stop` is there.
    Written write(Address address, int writer, Path stop) throws IOException, InterruptedException;

    /// Where a client connects to.
    ///
    /// @param authority over TLS, the file with the certificate that vouches for the server's;
    ///   empty: in plain
    record Address(
            String host,
            int port,
            String database,
            String user,
            String password,
            String authority) {
        Address(int port, String database) {
            this("127.0.0.1", port, database, CrossingLab.USER, "secret", "");
        }

        /// The same over TLS.
        Address over(Path file) {
            return new Address(host, port, database, user, password, file.toString());
        }

        public boolean isEncrypted() {
            return !authority.isEmpty();
        }

        String url() {
            return "postgres://%s:%s@%s:%d/%s".formatted(user, password, host, port, database)
                    + (isEncrypted() ? "?sslmode=verify-full&sslrootcert=" + authority : "");
        }
    }

    /// What a driver says of itself and of each scenario.
    record Account(String version, List<Finding> findings) {
        String ofScenario(String name) {
            return findings.stream()
                    .filter(finding -> finding.scenario().equals(name))
                    .map(Finding::problem)
                    .findFirst()
                    .orElse("it did not come to this scenario");
        }
    }

    /// An empty problem: it works.
    record Finding(String scenario, String problem) {}

    /// How many rows a writer was told are there, and what ended it; empty: the file.
    record Written(int acknowledged, String problem) {}
}
