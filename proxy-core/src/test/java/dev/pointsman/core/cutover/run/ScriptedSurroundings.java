package dev.pointsman.core.cutover.run;

import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.cutover.record.Silence;
import dev.pointsman.core.gate.HoldFigures;
import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.gate.Waits;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.migration.passage.Deadline;
import dev.pointsman.core.migration.passage.Ours;
import dev.pointsman.core.migration.passage.Passage;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Everything around a run: it notes each call by its name, and the one that is told to fails.
final class ScriptedSurroundings implements Passage, Traffic, Books {
    private String serving = "blue";
    private final List<String> calls = new ArrayList<>();
    private final Map<String, Integer> failures = new HashMap<>();
    boolean drains = true;
    List<String> strangers = List.of();
    List<Unmet> unmet = List.of();
    Set<String> losing = Set.of();
    boolean keepsFence;
    boolean dry;
    Optional<SQLException> atDecision = Optional.empty();

    /// Carries out a cutover to green in the middle of all this.
    Ending run(Meter meter, String... accepted) {
        var plan =
                new Plan(
                        new Claim(42, dry ? -1 : 1, 1, "green", dry),
                        "blue",
                        CutoverSettings.defaults(),
                        new Ours(Set.of(), "pointsman/test", Set.of(), false),
                        Set.of(accepted));
        var course = new Course("shop", meter.database("shop"), _ -> {});
        return new Cutover(
                        plan,
                        new Cutover.Parts(this, this, this, course, new Will()),
                        Step.Watch.NONE,
                        new Silence(Duration.ofHours(1), Duration.ZERO))
                .run();
    }

    /// The call of that name fails, this often.
    void fail(String call, int times) {
        failures.put(call, times);
    }

    /// All calls so far.
    List<String> calls() {
        return List.copyOf(calls);
    }

    /// Notes a call that does not fail.
    void note(String call) {
        calls.add(call);
    }

    private void called(String call) {
        calls.add(call);
        if (fails(call)) {
            throw new IllegalStateException(call + " fails");
        }
    }

    private boolean fails(String call) {
        return failures.merge(call, -1, Integer::sum) >= 0;
    }

    private void asked(String call) throws SQLException {
        calls.add(call);
        if (fails(call)) {
            throw new SQLException(call + " fails", "08006");
        }
    }

    private void written(String call) throws IOException {
        calls.add(call);
        if (fails(call)) {
            throw new IOException(call + " fails");
        }
    }

    @Override
    public List<Unmet> conditions(long maxLagBytes, Duration patience) throws SQLException {
        asked("conditions");
        return unmet;
    }

    @Override
    public void clearLeftovers() throws SQLException {
        asked("clearLeftovers");
    }

    @Override
    public void prepare(Ours source, Ours target) throws SQLException {
        asked("prepare");
    }

    @Override
    public List<String> longTransactions(Duration age) throws SQLException {
        asked("longTransactions");
        return List.of();
    }

    @Override
    public void requireAlone() throws SQLException {
        asked("requireAlone");
    }

    @Override
    public List<String> strangers(Ours source, Ours target) throws SQLException {
        asked("strangers");
        return strangers;
    }

    @Override
    public List<String> endStrangers(Ours source, Ours target, Duration limit) throws SQLException {
        asked("endStrangers");
        return List.of();
    }

    @Override
    public void bound(Deadline deadline) throws SQLException {
        asked("bound");
    }

    @Override
    public Marked mark(Claim claim, Ours ours) throws SQLException {
        asked("mark");
        return new Marked("0/1", 7);
    }

    @Override
    public Set<Integer> lockHolders() throws SQLException {
        asked("lockHolders");
        return Set.of();
    }

    @Override
    public Arrived arrive(Claim claim, Ours ours) throws SQLException {
        asked("arrive");
        return new Arrived("0/2", 3);
    }

    @Override
    public void confirmHorizon(Marked marked, boolean tolerate) throws SQLException {
        asked("confirmHorizon");
    }

    @Override
    public void decide(Claim claim, Marked marked, Arrived arrived) throws SQLException {
        asked("decide");
        if (atDecision.isPresent()) {
            throw atDecision.get();
        }
    }

    @Override
    public void close() {}

    @Override
    public Set<String> warm(String server, Duration limit) {
        called("warm");
        return losing;
    }

    @Override
    public void endWarming(String server) {
        called("endWarming " + server);
    }

    @Override
    public void seal(String server) {
        called("seal " + server);
    }

    @Override
    public void unseal(String server) {
        called("unseal " + server);
    }

    @Override
    public Set<Integer> pids(String server) {
        return Set.of();
    }

    @Override
    public int clients() {
        return 1;
    }

    @Override
    public void awaitLull(Duration limit) {}

    @Override
    public int endUncarriable(Set<Integer> lockHolders) {
        called("endUncarriable");
        return 0;
    }

    @Override
    public void carryOver() {
        called("carryOver");
    }

    @Override
    public Grip hold(long attempt) {
        called("hold");
        return new Held();
    }

    @Override
    public void swap(String server, long epoch) {
        called("swap to " + server);
        serving = server;
    }

    @Override
    public String serving() {
        return serving;
    }

    @Override
    public void retire(String server) {
        called("retire " + server);
    }

    @Override
    public void keepHeld() {
        called("keepHeld");
    }

    private final class Held implements Grip {
        @Override
        public boolean awaitDrained(Duration limit) {
            if (drains) {
                called("drain");
            }
            return drains;
        }

        @Override
        public List<Insider> inside() {
            return List.of();
        }

        @Override
        public HoldFigures open() {
            called("letGo");
            return HoldFigures.NONE;
        }

        @Override
        public Waits waits(Duration limit) {
            return Waits.NONE;
        }
    }

    @Override
    public void announceFence() throws IOException {
        written("announceFence");
    }

    @Override
    public void raiseFence() throws SQLException {
        asked("raiseFence");
    }

    @Override
    public void open() throws IOException {
        written("journal open");
    }

    @Override
    public void claim() throws SQLException {
        asked("claim");
    }

    @Override
    public void decided(Marked marked, Arrived arrived) throws IOException {
        written("journal decided");
    }

    @Override
    public void undo() throws SQLException {
        asked("undo");
    }

    @Override
    public void undone() throws IOException {
        written("journal undone");
    }

    @Override
    public void rehearsed(Marked marked, Arrived arrived) throws IOException {
        written("journal dry");
    }

    @Override
    public boolean openTarget() throws SQLException {
        asked("openTarget");
        return !keepsFence;
    }

    @Override
    public void requireNoStrays() throws SQLException {
        asked("requireNoStrays");
    }

    @Override
    public void closeTarget() throws SQLException {
        asked("closeTarget");
    }

    @Override
    public void refenceTarget() {
        called("refenceTarget");
    }
}
