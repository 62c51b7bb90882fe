package dev.pointsman.core.migration.passage;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// What a cutover asks of the two servers that it crosses between. Blocking; one thread at a time
/// unless a method says otherwise. Opened for one attempt and closed after it.
public interface Passage extends AutoCloseable {

    /// A condition that is not met: its id, what was found, how to mend it; `unsafe`: nobody can
    /// accept it.
    record Unmet(String id, String finding, String mend, boolean unsafe) {
        /// What would lose data, or make the proof one of something else: nobody can accept these.
        private static final Set<String> UNSAFE =
                Set.of(
                        "prepared_transactions",
                        "primary",
                        "sees_sessions",
                        "sequences",
                        "slot",
                        "subscription",
                        "table_lists",
                        "tables_ready");

        public Unmet(String id, String finding, String mend) {
            this(id, finding, mend, UNSAFE.contains(id));
        }
    }

    /// What the mark and the decision say about the attempt. `kind` is a record's kind.
    record Claim(long marker, long epoch, long attempt, String target, boolean dry) {}

    /// What is true on the source after the mark: the flushed position, and the next transaction id
    /// of the whole server.
    record Marked(String sourceLsn, long horizon) {}

    /// What is true on the target after arrival: everything replicated is before the position,
    /// every write of a client will be after it.
    record Arrived(String targetLsn, int sequencesSet) {}

    /// The other instances that show life.
    @FunctionalInterface
    interface Living {
        /// Asks the servers now.
        ///
        /// @throws SQLException also when that cannot be told
        Set<String> instances() throws SQLException;
    }

    /// The proxies in front of the database: the one whose cutover this is, and the others.
    record Instances(String own, Living others) {}

    /// The conditions that are not met now, and what of the preflight stands in the way; empty when
    /// a cutover may begin. Waits for a small lag up to `patience`.
    List<Unmet> conditions(long maxLagBytes, Duration patience) throws SQLException;

    /// Ends control sessions that earlier attempts and dead instances left on either server, and
    /// sees them gone; not in a dry run.
    void clearLeftovers() throws SQLException;

    /// Opens the connections of the pause, prepares their statements, takes the fingerprint, reads
    /// the target's sequences afresh, and runs everything once or more without effect.
    void prepare(Ours source, Ours target) throws SQLException;

    /// Transactions on the source that are older than `age`, in words.
    List<String> longTransactions(Duration age) throws SQLException;

    /// Nobody but this instance serves the database, by the heartbeats on every server of it.
    ///
    /// @throws SQLException where another one does, 55006; also when that cannot be told
    void requireAlone() throws SQLException;

    /// Sessions on the source and the target that are not ours, in words; never our own busy ones.
    ///
    /// @throws SQLException also where another instance shows itself there, 55006
    List<String> strangers(Ours source, Ours target) throws SQLException;

    /// Ends those on both servers and waits until they are gone, up to `limit`; says who is left.
    /// Nobody is ended on a server where another instance shows itself: its clients look like any
    /// stranger, and come back at once.
    ///
    /// @throws SQLException also where one does, 55006
    List<String> endStrangers(Ours source, Ours target, Duration limit) throws SQLException;

    /// The time limit of everything from here on.
    void bound(Deadline deadline) throws SQLException;

    /// On the source, one round trip: counts, compares, commits the marker and the record, and
    /// reads the sequences behind that commit.
    Marked mark(Claim claim, Ours ours) throws SQLException, Difference;

    /// Which of our connections to the source hold advisory locks; known after the mark.
    Set<Integer> lockHolders() throws SQLException;

    /// On the target, one round trip: waits for the marker, checks, sets the sequences.
    Arrived arrive(Claim claim, Ours ours) throws SQLException, Difference;

    /// Reads the source's horizon again; movement that nothing explains is a difference.
    void confirmHorizon(Marked marked, boolean tolerate) throws SQLException, Difference;

    /// Commits the decision on the target. Any failure leaves the outcome unknown.
    void decide(Claim claim, Marked marked, Arrived arrived) throws SQLException;

    @Override
    void close();
}
