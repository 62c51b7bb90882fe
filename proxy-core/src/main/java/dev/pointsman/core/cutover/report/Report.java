package dev.pointsman.core.cutover.report;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a cutover leaves for people and programs, kept in the state folder.
public record Report(Subject subject, Asked asked, Ending ending, Pause pause, Evidence evidence) {

    /// What was moved. `id` is the number of the attempt, `epoch` the one that serves afterwards.
    public record Subject(
            long id, List<String> databases, String source, String target, long epoch) {}

    /// Who asked for what, and when.
    public record Asked(
            Instant started,
            Requester requester,
            boolean dryRun,
            Set<String> accepted,
            Versions versions) {}

    /// The versions of everybody involved; empty texts where a server could not be asked.
    public record Versions(String pointsman, String source, String target) {}

    /// How it ended, in which stage, and how long each stage took.
    public record Ending(
            Outcome outcome,
            Stage stage,
            String message,
            List<String> warnings,
            List<Phase> phases) {}

    /// What the clients saw of it. `pause` runs from the hold to the release; zero when no client
    /// was held. `waited` is missing in reports of versions that did not measure it.
    public record Pause(
            Duration pause, Duration longestHold, Optional<Waited> waited, Clients clients) {}

    /// How long clients waited: from when a statement was held, or came and found its session still
    /// to be carried over, until it went on to a server; zero when none had to.
    public record Waited(Duration longest, Duration median) {}

    /// Client counts: connected at the hold, held at the gate, transactions drained, cancelled and
    /// failed by us.
    public record Clients(
            int connected, int held, int drained, int cancelled, int failed, long bytesHeld) {}

    /// What proves it: positions on both sides, the marker, the sequences set, the strangers seen.
    public record Evidence(
            String sourceLsn,
            String targetLsn,
            long marker,
            int sequencesSet,
            List<String> strangers) {}

    public double pauseMs() {
        return pause.pause().toNanos() / 1e6;
    }

    public double longestHoldMs() {
        return pause.longestHold().toNanos() / 1e6;
    }
}
