package dev.pointsman.cli.bench.tls;

import dev.pointsman.cli.bench.Sample;
import dev.pointsman.cli.render.Terminal;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/// What was measured, one value a round. Ratios are made within a round, since what else the
/// machine does differs more from round to round than within one. One thread.
public final class TlsResult {
    private final Map<Arm, Map<Measure, List<Double>>> values = new EnumMap<>(Arm.class);

    void add(Arm arm, Measure measure, double value) {
        values.computeIfAbsent(arm, _ -> new EnumMap<>(Measure.class))
                .computeIfAbsent(measure, _ -> new ArrayList<>())
                .add(value);
    }

    private List<Double> of(Arm arm, Measure measure) {
        return values.getOrDefault(arm, Map.of()).getOrDefault(measure, List.of());
    }

    /// For people: medians with the least and the greatest.
    public void print(Terminal terminal) {
        for (var measure : Measure.values()) {
            if (values.keySet().stream().allMatch(arm -> of(arm, measure).isEmpty())) {
                continue;
            }
            terminal.line("");
            terminal.line(measure.words());
            for (var arm : values.keySet()) {
                terminal.line("  " + line(arm, measure));
            }
        }
        if (!values.containsKey(Arm.NATIVE)) {
            terminal.line("");
            terminal.line("the native engine was left out; --native names its jars");
        }
    }

    private String line(Arm arm, Measure measure) {
        if (of(arm, measure).isEmpty()) {
            return String.format(Locale.ROOT, "%-18s not measured", arm.words());
        }
        var sample = new Sample(of(arm, measure));
        var line =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "%-18s %8s (%s to %s)",
                                arm.words(),
                                measure.text(sample.median()),
                                measure.text(sample.min()),
                                measure.text(sample.max())));
        ratios(arm, measure)
                .forEach(
                        (to, ratio) ->
                                line.append(
                                        String.format(
                                                Locale.ROOT,
                                                ", %.2f of %s (%.2f to %.2f)",
                                                ratio.median(),
                                                to,
                                                ratio.min(),
                                                ratio.max())));
        return line.toString();
    }

    /// What a measure of an arm is set beside, with its ratio to that.
    private Map<String, Sample> ratios(Arm arm, Measure measure) {
        var mine = of(arm, measure);
        var ratios = new LinkedHashMap<String, Sample>();
        for (var other : Arm.values()) {
            if (other.compareTo(arm) < 0 && !of(other, measure).isEmpty()) {
                ratios.put(other.words(), ratio(mine, of(other, measure)));
            }
        }
        measure.calm().ifPresent(calm -> ratios.put("calm", ratio(mine, of(arm, calm))));
        return ratios;
    }

    private static Sample ratio(List<Double> mine, List<Double> theirs) {
        return new Sample(
                IntStream.range(0, Math.min(mine.size(), theirs.size()))
                        .mapToObj(round -> mine.get(round) / theirs.get(round))
                        .toList());
    }

    /// For programs: every value in the order of the rounds.
    public Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("outcome", "measured");
        values.forEach(
                (arm, measured) -> {
                    var one = new LinkedHashMap<String, Object>();
                    measured.forEach((measure, each) -> one.put(measure.key(), List.copyOf(each)));
                    fields.put(arm.key(), one);
                });
        return fields;
    }
}
