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

    /// One thing wrong in a file.
    ///
    /// @param line from 1; 0 is the file as a whole
    /// @param key the path of the key, such as `databases.shop.serve`; empty for the file as a
    ///   whole
    /// @param what what is wrong
    /// @param mend what to do about it
    public record Problem(int line, String key, String what, String mend) {
        @Override
        public String toString() {
            var where = line == 0 ? "" : "line " + line + ": ";
            var named = key.isEmpty() ? "" : key + ": ";
            return where + named + what + "; " + mend;
        }
    }
}
