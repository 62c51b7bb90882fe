package dev.pointsman.core.config.file;

import dev.pointsman.core.config.file.ConfigProblems.Problem;
import dev.pointsman.core.config.file.yaml.Environment;

import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// One reading of one file: what it may look at, and the problems found so far.
final class Reading {
    private final Path folder;
    private final Environment environment;
    private final List<Problem> problems = new ArrayList<>();

    Reading(Path folder, Environment environment) {
        this.folder = folder;
        this.environment = environment;
    }

    static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    void problem(int line, String path, String what, String mend) {
        problems.add(new Problem(line, path, what, mend));
    }

    /// Whether something is wrong there already, which would explain another problem.
    boolean hasProblemBelow(String path) {
        return problems.stream().anyMatch(problem -> problem.key().startsWith(path + "."));
    }

    List<Problem> problems() {
        return problems.stream().distinct().sorted(Comparator.comparingInt(Problem::line)).toList();
    }

    /// The path as seen from the file's folder, absolute.
    Path path(String text) {
        return folder.resolve(text).toAbsolutePath().normalize();
    }

    /// The text of a scalar with the environment put in; empty when that is not what the node is,
    /// which is a problem already told.
    Optional<String> scalar(Node node, String path) {
        if (!(node instanceof ScalarNode scalar)) {
            problem(
                    line(node),
                    path,
                    "a single value belongs here",
                    "write one value, not a group");
            return Optional.empty();
        }
        try {
            var text = environment.resolve(scalar.getValue());
            if (text.isEmpty()) {
                problem(line(node), path, "there is no value", "write one, or remove the key");
                return Optional.empty();
            }
            return Optional.of(text);
        } catch (Environment.Unresolved unresolved) {
            problem(
                    line(node),
                    path,
                    unresolved.what(),
                    "set it, or write ${NAME:-default}; $$ is a dollar");
            return Optional.empty();
        }
    }
}
