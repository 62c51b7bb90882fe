package dev.pointsman.core.config.file;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.SecretSource;
import dev.pointsman.core.config.file.secret.SecretCommand;
import dev.pointsman.core.config.key.Setting;
import dev.pointsman.core.config.key.Values;

import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Passwords: as they stand, as a verifier, or from a file or a command. Never puts one into a
/// problem's text.
final class SecretReader {
    private static final Set<String> WORDS = Set.of("file", "command", "refresh");
    private static final String MEND =
            "write a text, {file: path} or {command: line, refresh: 10m}";

    private SecretReader() {}

    /// The secret under `key`, absent when the key is.
    static SecretSource read(Section section, Setting key) {
        var node = section.node(key);
        if (node == null) {
            if (key.fallback().equals(Setting.REQUIRED)) {
                section.missing(key);
            }
            return new Secret.Absent();
        }
        return read(section.reading(), section.path() + "." + key.word(), node);
    }

    /// The secret that `node` says.
    static SecretSource read(Reading reading, String path, Node node) {
        if (node instanceof MappingNode mapping) {
            return fetched(reading, path, mapping);
        }
        return reading.scalar(node, path)
                .<SecretSource>map(SecretCommand::secret)
                .orElseGet(Secret.Absent::new);
    }

    /// Whether a section under a name says a password by itself, in place of `password: …`.
    static boolean isBare(Node node) {
        if (node instanceof ScalarNode scalar) {
            return !scalar.getValue().isEmpty();
        }
        return node instanceof MappingNode mapping
                && mapping.getValue().stream()
                        .map(NodeTuple::getKeyNode)
                        .anyMatch(key -> key instanceof ScalarNode word && isWord(word));
    }

    private static boolean isWord(ScalarNode key) {
        return WORDS.contains(key.getValue());
    }

    private static SecretSource fetched(Reading reading, String path, MappingNode mapping) {
        var line = Reading.line(mapping);
        var words = words(reading, path, mapping);
        if (words.isEmpty()) {
            return new Secret.Absent();
        }
        var file = words.get().get("file");
        var command = words.get().get("command");
        var refresh = words.get().get("refresh");
        if ((file == null) == (command == null) || (refresh != null && command == null)) {
            reading.problem(line, path, "this does not say where the password is", MEND);
            return new Secret.Absent();
        }
        try {
            if (file != null) {
                return SecretCommand.found(
                        Files.readString(reading.path(file)), reading.path(file).toString());
            }
            if (command == null) {
                return new Secret.Absent();
            }
            var first = SecretCommand.found(SecretCommand.run(command), "the command");
            if (refresh == null) {
                return first;
            }
            var every = Values.duration(refresh).filter(Duration::isPositive);
            if (every.isEmpty()) {
                reading.problem(
                        line,
                        path + ".refresh",
                        "'" + refresh + "' cannot be read",
                        "write a duration like 10m");
                return first;
            }
            return new SecretCommand(command, every.get(), first);
        } catch (IOException e) {
            reading.problem(
                    line,
                    path,
                    "the password cannot be fetched: " + SecretCommand.reason(e),
                    "see that the file or the command exists and is allowed to the proxy's user");
            return new Secret.Absent();
        }
    }

    private static Optional<Map<String, String>> words(
            Reading reading, String path, MappingNode mapping) {
        var words = new HashMap<String, String>();
        for (var tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode word) || !isWord(word)) {
                reading.problem(
                        Reading.line(tuple.getKeyNode()), path, "there is no such key here", MEND);
                return Optional.empty();
            }
            var text = reading.scalar(tuple.getValueNode(), path + "." + word.getValue());
            if (text.isEmpty()) {
                return Optional.empty();
            }
            words.put(word.getValue(), text.get());
        }
        return Optional.of(words);
    }
}
