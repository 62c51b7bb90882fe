package dev.pointsman.core.config.file;

import dev.pointsman.core.config.Config.Auth;
import dev.pointsman.core.config.Config.AuthType;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.access.Lookup;
import dev.pointsman.core.config.access.Network;
import dev.pointsman.core.config.access.Rule;
import dev.pointsman.core.config.access.Rule.Encryption;
import dev.pointsman.core.config.key.Key;
import dev.pointsman.core.config.key.Setting;

import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Who may log in, and how it is proved.
final class AuthReader {
    private static final String EVERYBODY = "all";
    private static final String NAME = "$1";

    private final Section section;

    AuthReader(Section section) {
        this.section = section;
    }

    Auth read() {
        var type = section.choice(Key.AUTH_TYPE, AuthType.class);
        return new Auth(
                type, rules(type), lookup(), section.duration(Key.AUTH_CACHE, Duration.ZERO));
    }

    private Lookup lookup() {
        var query = section.text(Key.AUTH_QUERY, "");
        if (!query.contains(NAME)) {
            section.problem(
                    Key.AUTH_QUERY,
                    "the query does not say whom it is about",
                    "write $1 where the user's name belongs");
        }
        var source = SecretReader.read(section, Key.AUTH_PASSWORD);
        switch (source.now()) {
            case Secret.Clear _, Secret.Absent _ -> {}
            case Secret.ScramVerifier _, Secret.Md5Hash _ ->
                    section.problem(
                            Key.AUTH_PASSWORD,
                            "a verifier cannot log in to a server",
                            "write the password itself, or {file: …} or {command: …}");
        }
        var user = section.text(Key.AUTH_USER, "");
        if (user.isEmpty() && section.has(Key.AUTH_PASSWORD)) {
            section.problem(
                    Key.AUTH_PASSWORD,
                    "it is not said whose password this is",
                    "add auth.user, or remove it: the control role has its own");
        }
        return new Lookup(query, user, source);
    }

    private List<Rule> rules(AuthType type) {
        var node = section.node(Key.AUTH_RULES);
        var rules = new ArrayList<Rule>();
        if (node instanceof SequenceNode list) {
            for (var item : list.getValue()) {
                var path = section.path() + ".rules." + (rules.size() + 1);
                var at = Section.of(section.reading(), Key.AUTH_RULES.path() + ".*", path, item);
                var rule = rule(at, type);
                unreachable(at, rules, rule, Reading.line(item));
                rules.add(rule);
            }
        }
        if (node != null && rules.isEmpty()) {
            section.problem(
                    Key.AUTH_RULES,
                    "a list of rules belongs here",
                    "write - {user: app, method: scram-sha-256}, or remove the key");
        }
        return rules;
    }

    private static Rule rule(Section at, AuthType type) {
        return new Rule(
                networks(at, Key.AUTH_RULE_ADDRESS),
                names(at, Key.AUTH_RULE_DATABASE),
                names(at, Key.AUTH_RULE_USER),
                at.choice(Key.AUTH_RULE_TLS, Encryption.class),
                at.has(Key.AUTH_RULE_METHOD)
                        ? at.choice(Key.AUTH_RULE_METHOD, AuthType.class)
                        : type);
    }

    private static void unreachable(Section at, List<Rule> earlier, Rule rule, int line) {
        for (int i = 0; i < earlier.size(); i++) {
            if (earlier.get(i).covers(rule)) {
                at.reading()
                        .problem(
                                line,
                                at.path(),
                                "this rule is never reached: rule %d speaks of the same clients already"
                                        .formatted(i + 1),
                                "move it before that rule, or remove it");
                return;
            }
        }
    }

    /// The addresses under a key; none for everybody.
    static List<Network> networks(Section at, Setting key) {
        var networks = new ArrayList<Network>();
        for (var text : texts(at, key)) {
            var network = Network.parse(text);
            if (network.isEmpty()) {
                at.problem(
                        key,
                        "'" + text + "' is no range of addresses",
                        "write an address, one like 10.0.0.0/8 or fd00::/8 without bits behind"
                                + " the mask, or local for Unix-domain sockets");
            }
            network.ifPresent(networks::add);
        }
        return networks;
    }

    private static Set<String> names(Section at, Key key) {
        return new HashSet<>(texts(at, key));
    }

    /// One or several values; none for everybody.
    private static List<String> texts(Section at, Setting key) {
        var node = at.node(key);
        if (node == null) {
            return List.of();
        }
        var items = node instanceof SequenceNode list ? list.getValue() : List.<Node>of(node);
        var texts = new ArrayList<String>();
        for (var item : items) {
            at.reading().scalar(item, at.path() + "." + key.word()).ifPresent(texts::add);
        }
        if (items.isEmpty()) {
            at.problem(key, "the list is empty", "name one, or remove the key for all");
        }
        return texts.contains(EVERYBODY) ? List.of() : texts;
    }
}
