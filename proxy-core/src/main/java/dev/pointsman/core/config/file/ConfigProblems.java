package dev.pointsman.core.config.file;

import java.util.List;
import java.util.stream.Collectors;

/// A file cannot be used. Carries everything that is wrong with it, in the order of the lines.
public final class ConfigProblems extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ConfigProblems(String file, List<Problem> problems) {
        super(
                problems.stream()
                        .map(problem -> file + ": " + problem)
                        .collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
