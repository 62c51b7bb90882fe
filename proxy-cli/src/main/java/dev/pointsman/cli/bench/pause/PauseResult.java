package dev.pointsman.cli.bench.pause;

import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.bench.Sample;
import dev.pointsman.cli.bench.pause.Arm.Pause;
import dev.pointsman.cli.render.Terminal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Both arms' rounds; at least one each, and every one of them without a loss or an error.
public record PauseResult(List<Pause> ours, List<Pause> theirs, long acknowledged) {
    public PauseResult {
        ours = List.copyOf(ours);
        theirs = List.copyOf(theirs);
    }

    /// For people.
    public void print(Terminal terminal) {
        terminal.line("");
        terminal.line("held            pointsman         " + held(ours).line());
        terminal.line("                pgbouncer script  " + held(theirs).line());
        terminal.line("worst client    pointsman         " + worst(ours).line());
        terminal.line("                pgbouncer script  " + worst(theirs).line());
        var ratio = ratio();
        terminal.line(
                String.format(
                        Locale.ROOT,
                        "ratio of medians %.2f, 90 %% of redraws from %.2f to %.2f: %s",
                        ratio.median(),
                        ratio.low(),
                        ratio.high(),
                        ratio.verdict().words()));
    }

    /// For programs.
    public Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("outcome", ratio().verdict().name().toLowerCase(Locale.ROOT));
        fields.put("acknowledged", acknowledged);
        fields.put("lost", 0);
        fields.put("duplicated", 0);
        fields.put("errors", 0);
        fields.put("cutovers", ours.stream().map(PauseResult::fields).toList());
        fields.put("pgbouncer", theirs.stream().map(PauseResult::fields).toList());
        fields.put("ratio", ratio().median());
        fields.put("ratio_low", ratio().low());
        fields.put("ratio_high", ratio().high());
        return fields;
    }

    /// Measuring is what it is for: a longer pause is no failure, noise is no verdict.
    public ExitCode exitCode() {
        return switch (ratio().verdict()) {
            case SHORTER, LONGER, NO_DIFFERENCE -> ExitCode.DONE;
            case TOO_NOISY -> ExitCode.UNVERIFIED;
        };
    }

    private Ratio ratio() {
        return Ratio.of(held(ours), held(theirs));
    }

    private static Sample held(List<Pause> pauses) {
        return sample(pauses, Pause::heldMs);
    }

    private static Sample worst(List<Pause> pauses) {
        return sample(pauses, Pause::worstClientMs);
    }

    private static Sample sample(List<Pause> pauses, ToDoubleFunction<Pause> value) {
        return new Sample(pauses.stream().map(value::applyAsDouble).toList());
    }

    private static Map<String, Object> fields(Pause pause) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("pause_ms", pause.heldMs());
        fields.put("worst_client_ms", pause.worstClientMs());
        return fields;
    }
}
